using Credence.Storage;

namespace Credence.People;

/// <summary>Which people are asked for (contract identity ID-33); what is null does not narrow.</summary>
/// <param name="Status">Their status.</param>
/// <param name="Identifier">Something one of them signs in with, as typed: it is taken for each sort of identifier that it can be.</param>
public sealed record PersonFilter(PersonStatus? Status, string? Identifier)
{
    /// <summary>A part of them, the newest first.</summary>
    public Task<List<Person>> ListAsync(DbSession db, int limit, int offset, CancellationToken ct) =>
        db.ListAsync($"select {Person.Columns} from people where {Condition()} order by id desc limit {limit} offset {offset}", Person.Read, ct);

    /// <summary>How many there are.</summary>
    public Task<long> CountAsync(DbSession db, CancellationToken ct) => db.NumberAsync($"select count(*) as n from people where {Condition()}", ct);

    private Sql Condition()
    {
        Sql condition = $"deleted_ms is null";
        if (Status is { } status) condition.AppendFormatted<Sql>($" and status = {status}");
        if (Identifier is not { } typed) return condition;
        Sql named = $"false";
        foreach (var scheme in Enum.GetValues<IdentifierScheme>())
        {
            if (Normalized.Of(scheme, typed) is { } value) named.AppendFormatted<Sql>($" or (scheme = {scheme} and value = {value})");
        }

        condition.AppendFormatted<Sql>($" and id in (select person_id from person_identifiers where deleted_ms is null and ({named}))");
        return condition;
    }
}
