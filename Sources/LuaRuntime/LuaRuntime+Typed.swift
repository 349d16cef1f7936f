// Functions with Swift's types: arguments are checked and converted, and what does not fit is an error at the author's
// line, worded as Lua words its own.

extension LuaRuntime {
    /// Sets a global, or a field of one, to a Swift function.
    ///
    /// ```swift
    /// try await lua.expose("mix") { (from: Double, to: Double, part: Double?) in
    ///     from + (to - from) * (part ?? 0.5)
    /// }
    /// ```
    ///
    /// Several results are a ``LuaResults``. What the function throws is raised at the author's line. It runs on the
    /// runtime's thread and must not block; what takes time is an `async` function.
    public func expose<each Argument: LuaDecodable, Result: LuaReturnable>(
        _ path: String, _ body: @escaping @Sendable (repeat each Argument) throws -> Result
    ) throws(LuaError) {
        try register(path) { call throws(LuaError) in
            var arguments = LuaArguments(try call.values(), of: path)
            let values = (repeat try arguments.next((each Argument).self))
            return .values(try LuaError.wrapping { try body(repeat each values).luaResults })
        }
    }

    /// As ``expose(_:_:)``, for a function without results.
    public func expose<each Argument: LuaDecodable>(
        _ path: String, _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) throws(LuaError) {
        try register(path) { call throws(LuaError) in
            var arguments = LuaArguments(try call.values(), of: path)
            let values = (repeat try arguments.next((each Argument).self))
            try LuaError.wrapping { try body(repeat each values) }
            return .none
        }
    }

    /// Sets a global, or a field of one, to a Swift function whose caller waits until it has ended; other tasks go on
    /// meanwhile. Who cancels the caller cancels the function.
    public func expose<each Argument: LuaDecodable & Sendable, Result: LuaReturnable>(
        _ path: String, async body: @escaping @Sendable (repeat each Argument) async throws -> Result
    ) throws(LuaError) {
        try register(path) { call throws(LuaError) in
            var arguments = LuaArguments(try call.values(), of: path)
            let values = (repeat try arguments.next((each Argument).self))
            return try call.waiting { try await body(repeat each values).luaResults }
        }
    }

    /// Runs a function as a task, and returns its first result as a Swift type.
    /// - Throws: what the function raises; kind `invalid` when the result is of another kind.
    public func call<each Argument: LuaEncodable & Sendable, Result: LuaDecodable & Sendable>(
        _ function: LuaFunction, with arguments: repeat each Argument, as type: Result.Type
    ) async throws(LuaError) -> Result {
        let values = try await call(function, LuaArguments.encoded(repeat each arguments))
        return try (values.first ?? .nil).decoded(as: type)
    }

    /// Compiles and runs a chunk, and returns its first result as a Swift type.
    public func run<Result: LuaDecodable & Sendable>(
        _ source: String, name: String = "=chunk", as type: Result.Type
    ) async throws(LuaError) -> Result {
        try await call(load(source.utf8, name: name), as: type)
    }
}

extension LuaObjectType {
    /// A method. Its function gets the object first, then the arguments, as with `LuaRuntime.expose`.
    public mutating func expose<each Argument: LuaDecodable, Result: LuaReturnable>(
        _ name: String, _ body: @escaping @Sendable (Object, repeat each Argument) throws -> Result
    ) {
        let path = "\(self.name):\(name)"
        method(name) { call throws(LuaError) in
            let object = try LuaArguments.receiver(call, of: path, as: Object.self)
            var arguments = LuaArguments(try call.values(from: 2), of: path)
            let values = (repeat try arguments.next((each Argument).self))
            return .values(try LuaError.wrapping { try body(object, repeat each values).luaResults })
        }
    }

    /// A method without results.
    public mutating func expose<each Argument: LuaDecodable>(
        _ name: String, _ body: @escaping @Sendable (Object, repeat each Argument) throws -> Void
    ) {
        let path = "\(self.name):\(name)"
        method(name) { call throws(LuaError) in
            let object = try LuaArguments.receiver(call, of: path, as: Object.self)
            var arguments = LuaArguments(try call.values(from: 2), of: path)
            let values = (repeat try arguments.next((each Argument).self))
            try LuaError.wrapping { try body(object, repeat each values) }
            return .none
        }
    }

    /// A method whose caller waits until it has ended.
    public mutating func expose<each Argument: LuaDecodable & Sendable, Result: LuaReturnable>(
        _ name: String, async body: @escaping @Sendable (Object, repeat each Argument) async throws -> Result
    ) {
        let path = "\(self.name):\(name)"
        method(name) { call throws(LuaError) in
            let object = try LuaArguments.receiver(call, of: path, as: Object.self)
            var arguments = LuaArguments(try call.values(from: 2), of: path)
            let values = (repeat try arguments.next((each Argument).self))
            return try call.waiting { try await body(object, repeat each values).luaResults }
        }
    }

    /// A field that scripts can read.
    public mutating func field<Value: LuaEncodable>(
        _ name: String, get: @escaping @Sendable (Object) throws -> Value
    ) {
        named[name] = LuaField(get: { try get($0).luaValue }, set: nil)
    }

    /// A field that scripts can read and set.
    public mutating func field<Value: LuaEncodable & LuaDecodable>(
        _ name: String, get: @escaping @Sendable (Object) throws -> Value,
        set: @escaping @Sendable (Object, Value) throws -> Void
    ) {
        named[name] = LuaField(
            get: { try get($0).luaValue },
            set: { try set($0, try LuaTable(pairs: [.string(name): $1]).value(name, as: Value.self)) })
    }
}

/// How one field of an object is read and set.
struct LuaField<Object: LuaObject>: Sendable {
    var get: @Sendable (Object) throws -> LuaValue
    /// Nil for a field that cannot be set.
    var set: (@Sendable (Object, LuaValue) throws -> Void)?
}

/// Arguments, taken one after the other.
struct LuaArguments {
    private let values: [LuaValue]
    private let name: String
    private var taken = 0

    /// - Parameter path: of the function, for errors.
    init(_ values: [LuaValue], of path: String) {
        self.values = values
        name = path
    }

    mutating func next<Argument: LuaDecodable>(_ type: Argument.Type) throws(LuaError) -> Argument {
        let value = taken < values.count ? values[taken] : nil
        taken += 1
        if let argument = Argument.decoded(from: value ?? .nil) { return argument }
        throw LuaError(
            kind: "invalid",
            "bad argument #\(taken) to '\(name)' (\(Argument.luaTypeName) expected, got \(value?.typeName ?? "no value"))"
        )
    }

    static func receiver<Object: LuaObject>(
        _ call: borrowing LuaCall, of path: String, as type: Object.Type
    ) throws(LuaError) -> Object {
        guard let object: Object = call.object(1) else {
            throw LuaError(
                kind: "invalid", "calling '\(path)' on a bad self (got \(call.typeName(1)); is it called with ':'?)")
        }
        return object
    }

    static func encoded<each Value: LuaEncodable>(_ values: repeat each Value) -> [LuaValue] {
        var encoded: [LuaValue] = []
        for value in repeat each values { encoded.append(value.luaValue) }
        return encoded
    }
}

extension LuaError {
    /// Whatever Swift throws, as what Lua raises.
    init(_ error: any Error) {
        self = error as? LuaError ?? LuaError("\(error)")
    }

    static func wrapping<Value>(_ body: () throws -> Value) throws(LuaError) -> Value {
        do { return try body() } catch { throw LuaError(error) }
    }
}

extension LuaCall {
    /// Lets the caller wait for a Swift task of its own; who cancels the caller cancels the task.
    func waiting(
        for body: @escaping @Sendable () async throws -> [LuaValue]
    ) throws(LuaError) -> LuaOutcome {
        let wait = try wait()
        let task = Task {
            do {
                let results = try await body()
                wait.finish { .values(results) }
            } catch {
                wait.finish { () throws(LuaError) in throw LuaError(error) }
            }
        }
        wait.onEnd { task.cancel() }
        return .wait(wait)
    }
}
