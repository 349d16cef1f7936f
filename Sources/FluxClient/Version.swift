extension ServiceConfiguration {
    /// Of the whole project. Nothing else names it: the program, the packages and the documentation read it here, and the
    /// newest heading of CHANGELOG.md and the tag of a release repeat it.
    public static let version = "0.1.0"
}
