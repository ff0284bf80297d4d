using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>An organization changes a rule; it holds from the commit on. A change that names nothing is one too, and is dated.</summary>
public sealed class ChangePolicy(Db db, TimeProvider clock)
{
    /// <summary>What to change; null leaves a thing as it is.</summary>
    /// <param name="Name">A new name.</param>
    /// <param name="Effect">A new effect.</param>
    /// <param name="Priority">A new priority.</param>
    /// <param name="Terms">What changes about when it matches.</param>
    public sealed record Input(string? Name, PolicyEffect? Effect, int? Priority, PolicyTermsChange Terms);

    /// <returns>The policy as it is now, or that there is none.</returns>
    public async Task<Result<Policy>> RunAsync(ApiCaller caller, Id<Policy> id, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await PolicyStore.RenewSetAsync(tx, caller.Organization, ct);
        var before = await PolicyStore.FindAsync(tx, caller.Organization, id, ct);
        if (before is null) return PolicyFailures.NotFound;

        var after = before with
        {
            Name = input.Name ?? before.Name,
            Effect = input.Effect ?? before.Effect,
            Priority = input.Priority ?? before.Priority,
            Terms = input.Terms.Over(before.Terms),
            UpdatedAt = now,
        };
        await PolicyStore.SaveAsync(tx, after, ct);
        await AuditLog.AppendAsync(tx, PolicyAudit.Of(caller, "policy.changed", after), now, ct);
        await tx.CommitAsync();
        return after;
    }
}

/// <summary>What happens to one term: by default nothing; otherwise it gets a value, or null, which clears it.</summary>
/// <param name="Named">Whether anything happens to it.</param>
/// <param name="Value">The new value.</param>
public readonly record struct Change<T>(bool Named, T Value)
{
    /// <summary>What the term is afterwards.</summary>
    public T Over(T before) => Named ? Value : before;
}

/// <summary>What changes about when a rule matches; fields as <see cref="PolicyTerms"/> has them.</summary>
public sealed record PolicyTermsChange(
    Change<string?> Agent,
    Change<string?> Principal,
    Change<IReadOnlyList<string>?> Scopes,
    Change<TimeOfDay?> Start,
    Change<TimeOfDay?> End,
    Change<string?> TimeZone,
    Change<IReadOnlyList<DayOfWeek>?> Days)
{
    /// <summary>The terms afterwards.</summary>
    public PolicyTerms Over(PolicyTerms before) => new(
        Agent.Over(before.Agent),
        Principal.Over(before.Principal),
        Scopes.Over(before.Scopes),
        Start.Over(before.Start),
        End.Over(before.End),
        TimeZone.Over(before.TimeZone),
        Days.Over(before.Days));
}
