import CSQLite
import Foundation
import SQL
import TestSupport
import Testing

@testable import SQLite

@Suite struct SQLiteConnectionTests {
    let folder = try! TemporaryFolder()

    private func connection(_ mode: SQLiteConnection.Mode = .create) throws -> SQLiteConnection {
        try SQLiteConnection(path: folder.path + "/some.sqlite", mode: mode, patience: 0)
    }

    @Test func everyValueComesBackAsItWas() throws {
        let connection = try connection()
        try connection.execute("CREATE TABLE t (a, b, c, d, e, f, g)")
        let values: [SQLValue] = [
            nil, .integer(.min), .real(0.25), "", "é\0日", .blob([]), .blob([0, 255]),
        ]
        try connection.run("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        let rows = try connection.run("SELECT * FROM t")
        #expect(rows.map(\.values) == [values])
        #expect(rows[0]["c"].real == 0.25)
        #expect(rows[0]["nothing"] == .null)
    }

    @Test func aStatementRunsAgainWithOtherValues() throws {
        let connection = try connection()
        try connection.execute("CREATE TABLE t (a INTEGER UNIQUE)")
        for number in Int64(1)...3 { try connection.run("INSERT INTO t VALUES (?)", [.integer(number)]) }
        let error = #expect(throws: SQLError.self) { try connection.run("INSERT INTO t VALUES (?)", [2]) }
        #expect(error?.kind == .constraint)
        try connection.run("INSERT INTO t VALUES (?)", [4])
        #expect(connection.lastInsertedRow == 4)
        #expect(try connection.run("SELECT a FROM t ORDER BY a").map { $0["a"].integer } == [1, 2, 3, 4])
    }

    @Test func tooFewValuesAreAnError() throws {
        let connection = try connection()
        #expect(throws: SQLError.self) { try connection.run("SELECT ?, ?", [1]) }
    }

    @Test func aFailedTransactionLeavesNothing() throws {
        struct Stop: Error {}
        let connection = try connection()
        try connection.execute("CREATE TABLE t (a)")
        #expect(throws: Stop.self) {
            try connection.transaction(
                {
                    _ = try? connection.run("INSERT INTO t VALUES (1)")
                    throw Stop()
                }, orElse: { _ in Stop() })
        }
        #expect(try connection.run("SELECT * FROM t").isEmpty)
        try connection.transaction { () throws(SQLError) in _ = try connection.run("INSERT INTO t VALUES (2)") }
        #expect(try connection.run("SELECT * FROM t").count == 1)
    }

    @Test func aSecondWriterIsTold() throws {
        let first = try connection()
        try first.execute("CREATE TABLE t (a); BEGIN IMMEDIATE")
        let second = try connection(.readWrite)
        let error = #expect(throws: SQLError.self) {
            try second.transaction { () throws(SQLError) in _ = try second.run("INSERT INTO t VALUES (1)") }
        }
        #expect(error?.kind == .locked)
    }

    @Test func whatIsNoDatabaseIsDamaged() throws {
        _ = try folder.write(Array(repeating: UInt8(ascii: "x"), count: 4096), to: "some.sqlite")
        let connection = try connection(.readWrite)
        let error = #expect(throws: SQLError.self) { try connection.run("SELECT * FROM sqlite_schema") }
        #expect(error?.kind == .damaged)
    }

    @Test(arguments: ["some.sqlite", "50% #1?.sqlite"])
    func whatNobodyChangesIsReadWithoutAFileBesideIt(_ name: String) throws {
        let path = folder.path + "/" + name
        do {
            let connection = try SQLiteConnection(path: path, mode: .create)
            try connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)")
        }
        let reader = try SQLiteConnection(path: path, mode: .immutable)
        #expect(try reader.run("SELECT a FROM t")[0]["a"].integer == 7)
        #expect(folder.files.map { $0.split(separator: "/").last.map(String.init) } == [name])
        #expect(throws: SQLError.self) { try reader.execute("DELETE FROM t") }
    }

    @Test func aMissingFileIsNotMadeUnasked() throws {
        let error = #expect(throws: SQLError.self) { try connection(.readWrite) }
        #expect(error?.kind == .cannotOpen)
    }

    @Test func aFullDiskIsTheSameWhereverSQLiteMeetsIt() {
        #expect(SQLError(code: SQLITE_CANTOPEN, message: "", reason: ENOSPC).kind == .full)
        #expect(SQLError(code: SQLITE_IOERR, message: "", reason: EDQUOT).kind == .full)
        #expect(SQLError(code: SQLITE_CANTOPEN, message: "", reason: EACCES).kind == .cannotOpen)
        #expect(SQLError(code: SQLITE_CONSTRAINT, message: "", reason: ENOSPC).kind == .constraint)
    }

    @Test func aFullFileIsTold() throws {
        let connection = try connection()
        try connection.execute("PRAGMA max_page_count = 4; CREATE TABLE t (a)")
        let error = #expect(throws: SQLError.self) {
            let large = SQLValue.blob(Array(repeating: 1, count: 4000))
            for _ in 0..<100 { try connection.run("INSERT INTO t VALUES (?)", [large]) }
        }
        #expect(error?.kind == .full)
        #expect(try connection.run("SELECT count(*) AS n FROM t")[0]["n"].integer ?? 0 < 4)
    }
}
