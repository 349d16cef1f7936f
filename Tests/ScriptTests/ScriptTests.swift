import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct ScriptTests {
    @Test(arguments: try Lesson.all())
    func lessonPrintsWhatItSays(_ lesson: Lesson) async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write(lesson.source, to: lesson.name)
        let result = try await program.run(lesson.options + [lesson.name] + lesson.arguments)
        #expect(Lesson.matches(result.output, lesson.output), "stdout:\n\(result.output)")
        #expect(Lesson.matches(result.error, lesson.error), "stderr:\n\(result.error)")
        #expect(result.status == lesson.status)
    }
}
