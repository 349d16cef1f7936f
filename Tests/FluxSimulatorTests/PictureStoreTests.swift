import Dispatch
import Synchronization
import Testing

@testable import FluxSimulator
@testable import HTTPServer

@Suite struct PictureStoreTests {
    private final class Painter: Sendable {
        let calls = Mutex<[String]>([])

        func paint(_ name: String, bytes: Int = 10) -> PictureStore.Paint {
            {
                self.calls.withLock { $0.append(name) }
                return [UInt8](repeating: UInt8(truncatingIfNeeded: name.utf8.count), count: bytes)
            }
        }
    }

    private func fetch(
        _ store: PictureStore, _ name: String, _ paint: @escaping PictureStore.Paint
    ) async -> PictureStore.Outcome {
        await withCheckedContinuation { continuation in
            store.fetch(name, paint) { continuation.resume(returning: $0) }
        }
    }

    @Test func pictureIsPaintedOnceForAllWhoAsk() async throws {
        let store = PictureStore(workers: 4)
        let painter = Painter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = await self.fetch(store, "a", painter.paint("a")) } }
        }
        #expect(painter.calls.withLock { $0 } == ["a"])
        #expect(store.cached("a") != nil)
    }

    @Test func evictedPictureIsPaintedAgainWithTheSameBytes() async throws {
        let store = PictureStore(cacheLimit: 25, workers: 1)
        let painter = Painter()
        let first = try await fetch(store, "a", painter.paint("a")).get()
        for name in ["b", "c"] { _ = await fetch(store, name, painter.paint(name)) }
        #expect(store.cached("a") == nil && store.cached("c") != nil)
        let again = try await fetch(store, "a", painter.paint("a")).get()
        #expect(again.bytes == first.bytes && again.entityTag == first.entityTag)
        #expect(painter.calls.withLock { $0 } == ["a", "b", "c", "a"])
    }

    @Test func cacheForgetsWhatWasNotAskedForLongest() {
        var cache = ByteCache(limit: 30)
        for name in ["a", "b", "c"] { cache[name] = FileContent([UInt8](repeating: 0, count: 10)) }
        _ = cache["a"]
        cache["d"] = FileContent([UInt8](repeating: 0, count: 10))
        #expect(cache["a"] != nil && cache["b"] == nil && cache["c"] != nil && cache["d"] != nil)
        #expect(cache.byteCount == 30)
        cache["huge"] = FileContent([UInt8](repeating: 0, count: 31))
        #expect(cache["huge"] == nil && cache.byteCount == 30)
    }

    @Test func whatSomebodyWaitsForComesBeforeWhatIsPrepared() async throws {
        let store = PictureStore(workers: 1)
        let painter = Painter()
        // The only worker is held until everything stands in the queues.
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let begin = DispatchSemaphore(value: 0)
        store.prepare("gate") {
            begin.wait()
            return []
        }
        for name in ["a", "b", "c"] { store.prepare(name, painter.paint(name)) }
        store.fetch("c", painter.paint("c")) { _ in open.yield() }
        begin.signal()
        for await _ in gate { break }
        #expect(painter.calls.withLock { $0 }.first == "c")
    }

    @Test func failuresAreToldAndNotKept() async throws {
        struct Broken: Error {}
        let store = PictureStore(workers: 1)
        await #expect(throws: Broken.self) { try await fetch(store, "a", { throw Broken() }).get() }
        #expect(try await fetch(store, "a", { [1] }).get().bytes == [1])
    }

    @Test func closingLetsNobodyWait() async throws {
        let store = PictureStore(workers: 1)
        store.close()
        await #expect(throws: CancellationError.self) { try await fetch(store, "a", { [1] }).get() }
    }
}
