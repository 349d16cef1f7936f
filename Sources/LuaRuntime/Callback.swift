/// A closure for keeping in a generic container: bare, it would be wrapped in one more conversion each time it is taken
/// out and put back, and a chain of thousands of those grows under a `Mutex`.
struct Callback: Sendable {
    var body: @Sendable () -> Void

    func callAsFunction() { body() }
}
