/// What a shell offers where a value is typed.
public enum ValueCompletion: Sendable, Equatable {
    case none
    /// Files with one of these endings (`lua`), and folders; any file where no ending is given.
    case files(endings: [String])
    case folders
    case words([String])
    /// The program's commands.
    case commands

    public static let anyFile = ValueCompletion.files(endings: [])
}
