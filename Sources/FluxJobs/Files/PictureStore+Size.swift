import Dispatch
import FluxClient
import Synchronization

/// How much a store holds, added up while a run goes on, since its end should not have to wait for that.
final class StoreSize: Sendable {
    private let found = Mutex<Int64?>(nil)
    private let isFound = DispatchGroup()

    /// Begins to add up in the background.
    init(_ sum: @escaping @Sendable () throws(FluxError) -> Int64) {
        DispatchQueue.global().async(group: isFound) {
            let bytes = try? sum()
            self.found.withLock { $0 = bytes }
        }
    }

    /// Waits for the sum; nil when a folder could not be read.
    var bytes: Int64? {
        isFound.wait()
        return found.withLock { $0 }
    }
}

extension PictureStore {
    /// Begins to find out in the background how much is kept here.
    public func beginMeasuring() {
        let size = StoreSize { () throws(FluxError) in
            try self.storedPictures().reduce(0) { $0 + Int64($1.byteCount) }
        }
        self.size.withLock { $0 = size }
    }

    /// Whether more than so many bytes may be kept here. What other processes add meanwhile is not seen; where nobody has
    /// measured, or could, the answer is yes.
    public func mayHoldMore(than limit: Int64) -> Bool {
        guard let bytes = size.withLock(\.self)?.bytes else { return true }
        return bytes + added.load(ordering: .relaxed) > limit
    }
}
