using Credence.Storage;

namespace Credence.Roles;

/// <summary>Which edges are asked for (contract identity ID-45); what is null does not narrow.</summary>
/// <param name="Within">The domain that the caller looks into: <c>*</c> for all edges, else those of that domain alone.</param>
public sealed record EdgeFilter(string Within)
{
    /// <summary>What they say.</summary>
    public EdgeVariant? Variant { get; init; }

    /// <summary>The sort of subject they begin at.</summary>
    public SubjectType? SubjectType { get; init; }

    /// <summary>The subject's id.</summary>
    public string? SubjectId { get; init; }

    /// <summary>The sort of thing they end at.</summary>
    public TargetType? TargetType { get; init; }

    /// <summary>That thing's id.</summary>
    public string? TargetId { get; init; }

    /// <summary>A part of them, the newest first.</summary>
    public Task<List<PolicyDefinition>> ListAsync(DbSession db, int limit, int offset, CancellationToken ct) =>
        db.ListAsync(
            $"select {PolicyDefinition.Columns} from policy_definitions where {Condition()} order by id desc limit {limit} offset {offset}",
            PolicyDefinition.Read, ct);

    /// <summary>How many there are.</summary>
    public Task<long> CountAsync(DbSession db, CancellationToken ct) => db.NumberAsync($"select count(*) as n from policy_definitions where {Condition()}", ct);

    private Sql Condition()
    {
        Sql condition = $"deleted_ms is null";
        if (Within != PolicyDefinition.Everywhere) condition.AppendFormatted<Sql>($" and domain = {Within}");
        if (Variant is { } variant) condition.AppendFormatted<Sql>($" and variant = {variant}");
        if (SubjectType is { } subject) condition.AppendFormatted<Sql>($" and subject_type = {subject.ToString()}");
        if (SubjectId is { } subjectId) condition.AppendFormatted<Sql>($" and subject_id = {subjectId}");
        if (TargetType is { } target) condition.AppendFormatted<Sql>($" and target_type = {target.ToString()}");
        if (TargetId is { } targetId) condition.AppendFormatted<Sql>($" and target_id = {targetId}");
        return condition;
    }
}
