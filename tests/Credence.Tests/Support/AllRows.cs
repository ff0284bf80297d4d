using System.Data.Common;
using System.Globalization;
using Credence.Storage;

namespace Credence.Tests.Support;

/// <summary>Everything a database holds, as text: what must not have changed can be compared.</summary>
internal static class AllRows
{
    /// <summary>Tables that workers write to whenever it is time, whoever called what.</summary>
    private static readonly string[] OfWorkers = ["anomaly_deliveries:", "audit_checkpoints:"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The rows that mention one of <paramref name="marks"/>: <c>table: column=value …</c>.</summary>
    public static async Task<IReadOnlyList<string>> MentioningAsync(string url, IReadOnlyCollection<string> marks) =>
        [.. (await InAsync(url)).Select(row => row.ToString()).Where(row => marks.Any(mark => row.Contains(mark, StringComparison.Ordinal)))];

    /// <summary>Those rows once the workers have nothing left to do about them but to try mails again that nobody takes here.</summary>
    public static async Task<IReadOnlyList<string>> SettledAsync(string url, IReadOnlyCollection<string> marks)
    {
        var rows = await RowsAsync();
        for (var tries = 0; tries < 50; tries++)
        {
            await Task.Delay(300, Ct);
            var again = await RowsAsync();
            if (!again.Except(rows).Any() && !again.Any(row => row.StartsWith("audit_pending:", StringComparison.Ordinal))) return again;
            rows = again;
        }

        return rows;

        async Task<IReadOnlyList<string>> RowsAsync() =>
            [.. (await MentioningAsync(url, marks)).Where(row => !OfWorkers.Any(table => row.StartsWith(table, StringComparison.Ordinal)))];
    }

    /// <summary>Every row of every table.</summary>
    public static async Task<IReadOnlyList<StoredRow>> InAsync(string url)
    {
        await using var engine = DatabaseUrl.Engine(url, poolMax: 1);
        await using var connection = await engine.OpenAsync(Ct);
        var tables = await ReadAsync(engine, connection, "tables", engine.Kind == EngineKind.Sqlite
            ? "select name from sqlite_master where type = 'table'"
            : "select table_name as name from information_schema.tables where table_schema = 'credence' and table_type = 'BASE TABLE'");
        var rows = new List<StoredRow>();
        foreach (var table in tables.Select(row => row.Columns["name"])) rows.AddRange(await ReadAsync(engine, connection, table, $"select * from {table}"));
        return rows;
    }

    private static async Task<List<StoredRow>> ReadAsync(Engine engine, DbConnection connection, string table, string text)
    {
        var statement = new Sql(text.Length, 0);
        statement.AppendLiteral(text);
        await using var command = engine.Command(connection, transaction: null, statement);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var rows = new List<StoredRow>();
        while (await reader.ReadAsync(Ct))
        {
            rows.Add(new StoredRow(table, Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, at => Shown(reader.GetValue(at)), StringComparer.Ordinal)));
        }

        return rows;
    }

    private static string Shown(object value) => value is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>A row: of which table, and what each of its columns holds.</summary>
internal sealed record StoredRow(string Table, IReadOnlyDictionary<string, string> Columns)
{
    /// <summary>Whether the other row is this one, whatever columns came later.</summary>
    public bool IsStillIn(StoredRow other) => other.Table == Table && Columns.All(column => other.Columns.TryGetValue(column.Key, out var value) && value == column.Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Table}: {string.Join(' ', Columns.Select(column => $"{column.Key}={column.Value}"))}";
}
