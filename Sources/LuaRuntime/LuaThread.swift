import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The one thread that owns a Lua state: a serial executor with the stack that Lua's recursion limit assumes.
///
/// It sleeps on a pipe, not on a condition, so that a signal handler can wake it.
final class LuaThread: SerialExecutor {
    private enum Work {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    private struct Queue {
        var work: [Work] = []
        var isSleeping = false
        var isStopped = false
    }

    private static let stackSize = 8 << 20

    private let queue = Mutex(Queue())
    private let wakeReader: Int32
    /// A byte written to it ends the thread's sleep.
    let wakeWriter: Int32
    private let awoken = Mutex<Callback?>(nil)
    private let identity = Mutex<UInt?>(nil)

    init() throws(LuaError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw LuaThread.noThread }
        wakeReader = ends[0]
        wakeWriter = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, Self.stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        // The thread holds itself until it is stopped.
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(&thread, &attributes, { LuaThread.main($0) }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw LuaThread.noThread
        }
    }

    deinit {
        close(wakeReader)
        close(wakeWriter)
    }

    private static var noThread: LuaError {
        LuaError(kind: "io", "no thread for Lua: \(String(cString: strerror(errno)))")
    }

    #if canImport(Darwin)
        private static func main(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? { run(context) }
    #else
        private static func main(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? { run(context) }
    #endif

    private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context else { return nil }
        let thread = Unmanaged<LuaThread>.fromOpaque(context).takeRetainedValue()
        thread.identity.withLock { $0 = LuaThread.current }
        thread.loop()
        return nil
    }

    private static var current: UInt {
        #if canImport(Darwin)
            UInt(bitPattern: pthread_self())
        #else
            UInt(pthread_self())
        #endif
    }

    private func loop() {
        while true {
            let (work, isStopped) = queue.withLock { queue in
                defer { queue.work = [] }
                queue.isSleeping = queue.work.isEmpty && !queue.isStopped
                return (queue.work, queue.isStopped)
            }
            for piece in work {
                switch piece {
                case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
                case .body(let body): body()
                }
            }
            if work.isEmpty {
                if isStopped { return }
                sleep()
            }
        }
    }

    private func sleep() {
        var descriptor = pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, -1)
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(wakeReader, &bytes, bytes.count) > 0 {}
        awoken.withLock { $0 }?()
    }

    private func add(_ work: Work) {
        let mustWake = queue.withLock { queue in
            queue.work.append(work)
            defer { queue.isSleeping = false }
            return queue.isSleeping
        }
        if mustWake { wake() }
    }

    private func wake() {
        var byte: UInt8 = 1
        while write(wakeWriter, &byte, 1) < 0 && errno == EINTR {}
    }

    /// Runs a body on the thread, after what was added before.
    func perform(_ body: @escaping @Sendable () -> Void) { add(.body(body)) }

    /// What runs on the thread after each sleep.
    func onAwaking(_ body: @escaping @Sendable () -> Void) { awoken.withLock { $0 = Callback(body: body) } }

    /// Lets the thread end after what was added before.
    func stop() {
        queue.withLock { $0.isStopped = true }
        wake()
    }

    func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    func checkIsolated() {
        precondition(identity.withLock { $0 } == LuaThread.current, "a Lua state belongs to its runtime's thread")
    }
}
