import LuaBridge

/// Writing values to, and reading them from, the tape between the sides.
enum LuaTape {
    static func string(_ bytes: UnsafeRawBufferPointer) -> LuaValue {
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        return .bytes(Array(bytes))
    }

    /// Writes values, or nothing at all: throws for a function or task of another runtime.
    static func put(_ values: [LuaValue], in state: LuaState) throws(LuaError) {
        let start = lb_tape_length(state.host)
        do throws(LuaError) {
            for value in values { try put(value, in: state) }
        } catch {
            lb_tape_cut(state.host, start)
            throw error
        }
    }

    private static func put(_ value: LuaValue, in state: LuaState) throws(LuaError) {
        let host = state.host
        switch value {
        case .nil, .other: lb_put_tag(host, LB_NIL)
        case .boolean(let flag): lb_put_tag(host, flag ? LB_TRUE : LB_FALSE)
        case .integer(let whole): lb_put_integer(host, whole)
        case .number(let number): lb_put_number(host, number)
        case .string(var text): text.withUTF8 { lb_put_string(host, $0.baseAddress, $0.count) }
        case .bytes(let bytes): bytes.withUnsafeBytes { lb_put_string(host, $0.baseAddress, $0.count) }
        case .table(let table): try put(table, as: LB_TABLE, in: state)
        case .error(let error): try put(error.table, as: LB_ERROR_TABLE, in: state)
        case .object(let reference):
            lb_put_object(
                host, state.typeNumber(of: reference.object), state.retainedPointer(to: reference.object))
        case .firstResult(let task):
            try LuaError.check(task.mailbox, belongsTo: state, "task")
            if case .done = task.state { lb_put_task_result(host, task.id) } else { lb_put_tag(host, LB_NIL) }
        case .function(let function):
            try LuaError.check(function.mailbox, belongsTo: state, "function")
            lb_put_function(host, function.reference)
        }
    }

    private static func put(_ table: LuaTable, as tag: lb_tag, in state: LuaState) throws(LuaError) {
        lb_put_table(state.host, tag, UInt32(table.items.count), UInt32(table.pairs.count))
        for item in table.items { try put(item, in: state) }
        for (key, value) in table.pairs {
            try put(key, in: state)
            try put(value, in: state)
        }
    }

    /// Reads one value after the other. The tape must not be written meanwhile.
    struct Reader {
        let state: LuaState
        var offset: Int

        mutating func next() -> LuaValue {
            guard offset < lb_tape_length(state.host) else { return .nil }
            let tag = lb_tag(rawValue: take(UInt8.self))
            switch tag {
            case LB_TRUE: return .boolean(true)
            case LB_FALSE: return .boolean(false)
            case LB_INTEGER: return .integer(take(Int64.self))
            case LB_NUMBER: return .number(take(Double.self))
            case LB_STRING: return LuaTape.string(takeBytes(Int(take(UInt64.self))))
            case LB_TABLE, LB_ERROR_TABLE: return nextTable()
            case LB_OBJECT:
                _ = take(Int32.self)
                let address = take(UInt.self)
                guard let pointer = UnsafeMutableRawPointer(bitPattern: address) else { return .other }
                return LuaState.object(at: pointer).map { .object(LuaObjectReference($0)) } ?? .other
            case LB_FUNCTION: return .function(LuaFunction(reference: take(Int64.self), mailbox: state.mailbox))
            case LB_OTHER: return .other
            default: return .nil
            }
        }

        private mutating func nextTable() -> LuaValue {
            let itemCount = take(UInt32.self)
            let pairCount = take(UInt32.self)
            var table = LuaTable()
            table.items.reserveCapacity(Int(itemCount))
            for _ in 0..<itemCount { table.items.append(next()) }
            for _ in 0..<pairCount {
                let key = next()
                table.pairs[key] = next()
            }
            return .table(table)
        }

        private mutating func take<Number: BitwiseCopyable>(_ type: Number.Type) -> Number {
            takeBytes(MemoryLayout<Number>.size).loadUnaligned(as: type)
        }

        private mutating func takeBytes(_ count: Int) -> UnsafeRawBufferPointer {
            let bytes = UnsafeRawBufferPointer(start: lb_tape(state.host, offset), count: count)
            offset += count
            return bytes
        }
    }
}
