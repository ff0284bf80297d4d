using System.Data.Common;
using System.Globalization;
using Credence.Storage;

namespace Credence.Tests.Support;

/// <summary>Everything a database holds, as text: what must not have changed can be compared.</summary>
internal static class AllRows
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The rows that mention one of <paramref name="marks"/>: <c>table: column=value …</c>.</summary>
    public static async Task<IReadOnlyList<string>> MentioningAsync(string url, IReadOnlyCollection<string> marks)
    {
        await using var engine = DatabaseUrl.Engine(url, poolMax: 1);
        await using var connection = await engine.OpenAsync(Ct);
        var rows = new List<string>();
        foreach (var table in await TablesAsync(engine, connection))
        {
            rows.AddRange((await ReadAsync(engine, connection, $"select * from {table}")).Select(row => $"{table}: {row}"));
        }

        return [.. rows.Where(row => marks.Any(mark => row.Contains(mark, StringComparison.Ordinal)))];
    }

    private static async Task<IEnumerable<string>> TablesAsync(Engine engine, DbConnection connection) => (await ReadAsync(
            engine, connection, engine.Kind == EngineKind.Sqlite
                ? "select name from sqlite_master where type = 'table'"
                : "select table_name as name from information_schema.tables where table_schema = 'credence' and table_type = 'BASE TABLE'"))
        .Select(row => row["name=".Length..]);

    private static async Task<List<string>> ReadAsync(Engine engine, DbConnection connection, string text)
    {
        var statement = new Sql(text.Length, 0);
        statement.AppendLiteral(text);
        await using var command = engine.Command(connection, transaction: null, statement);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var rows = new List<string>();
        while (await reader.ReadAsync(Ct)) rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(at => $"{reader.GetName(at)}={Shown(reader.GetValue(at))}")));
        return rows;
    }

    private static string Shown(object value) => value is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
