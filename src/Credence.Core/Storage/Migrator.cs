using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Storage;

/// <summary>
/// Applies the numbered files of <c>migrations/</c>, forward only, each once and in a transaction of its own (contract operations O16).
/// A file named <c>….postgres.sql</c> or <c>….sqlite.sql</c> is for that engine alone.
/// </summary>
public sealed class Migrator(Db db, TimeProvider clock)
{
    /// <summary>A file of the <c>migrations/</c> folder.</summary>
    /// <param name="Name">Its name, which orders it.</param>
    /// <param name="Text">Its statements.</param>
    public sealed record Migration(string Name, string Text)
    {
        /// <summary>Lower-case hex SHA-256 of the text: an applied file must never change.</summary>
        public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
    }

    /// <summary>How a database stands to the files of a build.</summary>
    /// <param name="Pending">Files that are not applied yet, in order.</param>
    /// <param name="Changed">Files that were applied in another form than the build has them in.</param>
    /// <param name="Foreign">Files that were applied and that the build does not have: a newer one was here.</param>
    public sealed record Standing(IReadOnlyList<string> Pending, IReadOnlyList<string> Changed, IReadOnlyList<string> Foreign);

    private sealed record Applied(string Name, string Checksum);

    /// <summary>The files this build carries for <paramref name="kind"/>, in order.</summary>
    public static IReadOnlyList<Migration> Shipped(EngineKind kind)
    {
        var other = kind == EngineKind.Postgres ? ".sqlite.sql" : ".postgres.sql";
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.EndsWith(".sql", StringComparison.Ordinal) && !name.EndsWith(other, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return new Migration(name, reader.ReadToEnd());
                }),
        ];
    }

    /// <summary>Applies what is missing; two processes at once apply each file once.</summary>
    /// <returns>How many files this call applied.</returns>
    /// <exception cref="InvalidDataException">A file that was applied has changed since.</exception>
    public Task<int> ApplyAsync(IReadOnlyList<Migration> migrations, CancellationToken ct) => ApplyAsync(migrations, _ => { }, ct);

    /// <summary>The same, telling <paramref name="begun"/> the name of each file that is applied as it begins.</summary>
    /// <inheritdoc cref="ApplyAsync(IReadOnlyList{Migration}, CancellationToken)"/>
    public async Task<int> ApplyAsync(IReadOnlyList<Migration> migrations, Action<string> begun, CancellationToken ct)
    {
        var count = 0;
        await db.Engine.ExclusivelyAsync(
            async () =>
            {
                await using (var tx = await db.BeginAsync(ct))
                {
                    await tx.ExecuteAsync(
                        $"create table if not exists schema_migrations (name text primary key, applied_at text not null, checksum text not null)", ct);
                    await tx.CommitAsync();
                }

                foreach (var migration in migrations)
                {
                    if (await ApplyOneAsync(migration, begun, ct)) count++;
                }
            },
            ct);
        return count;
    }

    /// <summary>The names of files that are not applied yet.</summary>
    public async Task<IReadOnlyList<string>> PendingAsync(IReadOnlyList<Migration> migrations, CancellationToken ct) => (await StandingAsync(migrations, ct)).Pending;

    /// <summary>Compares the files with what was applied; changes nothing.</summary>
    public async Task<Standing> StandingAsync(IReadOnlyList<Migration> migrations, CancellationToken ct)
    {
        var there = db.Engine.Kind == EngineKind.Postgres
            ? await db.NumberAsync($"select count(*) as n from information_schema.tables where table_schema = 'credence' and table_name = 'schema_migrations'", ct)
            : await db.NumberAsync($"select count(*) as n from sqlite_master where name = 'schema_migrations'", ct);
        var applied = there == 0 ? [] : await db.ListAsync($"select {Columns} from schema_migrations order by name", Read, ct);
        var before = applied.ToDictionary(row => row.Name, row => row.Checksum, StringComparer.Ordinal);
        return new Standing(
            [.. migrations.Select(migration => migration.Name).Where(name => !before.ContainsKey(name))],
            [.. migrations.Where(migration => before.TryGetValue(migration.Name, out var checksum) && checksum != migration.Checksum).Select(migration => migration.Name)],
            [.. applied.Select(row => row.Name).Except(migrations.Select(migration => migration.Name), StringComparer.Ordinal)]);
    }

    private async Task<bool> ApplyOneAsync(Migration migration, Action<string> begun, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var before = await tx.FirstAsync($"select {Columns} from schema_migrations where name = {migration.Name}", Read, ct);
        if (before is not null)
        {
            return before.Checksum == migration.Checksum
                ? false
                : throw new InvalidDataException($"migration {migration.Name} was changed after it had been applied");
        }

        begun(migration.Name);
        var statements = new Sql(0, 0);
        statements.AppendLiteral(migration.Text);
        await tx.ExecuteLongAsync(statements, most: null, ct);
        await tx.ExecuteAsync(
            $"insert into schema_migrations (name, applied_at, checksum) values ({migration.Name}, {clock.Now().Iso()}, {migration.Checksum})", ct);
        await tx.CommitAsync();
        return true;
    }

    private static Sql Columns { get; } = Sql.Of($"name, checksum");

    private static Applied Read(Row row) => new(row.Text("name"), row.Text("checksum"));
}
