using System.Text.Json;
using Credence.Audit;
using Credence.Storage;

namespace Credence.Configurations;

/// <summary>An administrator sets something at run time (contract identity ID-50).</summary>
public sealed class ChangeConfiguration(Db db, IEnumerable<ConfigurationGroup> groups, CredentialBox box, TimeProvider clock)
{
    private const int LargestValue = 64 * 1024;
    private const int LongestCredential = 4096;

    /// <summary>What to set.</summary>
    /// <param name="Group">In which group.</param>
    /// <param name="Code">What of it.</param>
    /// <param name="Value">The value, of the group's shape.</param>
    /// <param name="Credential">A new secret; empty to take it away; null to keep the one there is, if the value sends it where it went before.</param>
    public sealed record Input(string Group, string Code, JsonElement Value, string? Credential);

    /// <param name="input">What to set.</param>
    /// <param name="act">Who sets it, and in whose log that is written down.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What is set now.</returns>
    public async Task<Result<Configuration>> RunAsync(Input input, AuditEvent act, CancellationToken ct)
    {
        if (groups.FirstOrDefault(one => one.Name == input.Group) is not { } group || !group.Has(input.Code)) return ConfigurationFailures.NotFound;
        var text = input.Value.GetRawText();
        if (text.Length > LargestValue) return ConfigurationFailures.Of(new ValueProblem("value", $"must have at most {LargestValue} characters"));
        if (group.Check(input.Code, input.Value) is { } problem) return ConfigurationFailures.Of(problem);
        var goesTo = group.CredentialGoesTo(input.Code, input.Value);
        if (CredentialProblem(input.Credential, goesTo) is { } wrong) return ConfigurationFailures.Of(wrong);

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var held = await ConfigurationStore.HoldAsync(tx, input.Group, input.Code, act.Actor, now, ct);
        var kept = goesTo is not null && goesTo == GoesTo(group, held) ? held.SealedCredential : null;
        var changed = held with
        {
            Value = text,
            SealedCredential = input.Credential switch { null => kept, "" => null, var given => box.Seal(held.Id, given) },
        };
        await ConfigurationStore.SaveAsync(tx, changed, act.Actor, now, ct);
        await AuditLog.AppendAsync(tx, act with { Data = new(act.Data, StringComparer.Ordinal) { ["credential"] = Became(held, changed) } }, now, ct);
        await tx.CommitAsync();
        return changed;
    }

    private static ValueProblem? CredentialProblem(string? credential, string? goesTo)
    {
        if (string.IsNullOrEmpty(credential)) return null;
        if (goesTo is null) return new ValueProblem("credential", "is not used here");
        return credential.Length <= LongestCredential && !credential.Any(char.IsControl)
            ? null
            : new ValueProblem("credential", $"must be one line of at most {LongestCredential} characters");
    }

    private static string Became(Configuration before, Configuration after) => (before.SealedCredential, after.SealedCredential) switch
    {
        (_, { } now) => now == before.SealedCredential ? "kept" : "set",
        ({ }, null) => "removed",
        _ => "none",
    };

    private static string? GoesTo(ConfigurationGroup group, Configuration held) =>
        held.Json() is { ValueKind: JsonValueKind.Object } value ? group.CredentialGoesTo(held.Code, value) : null;
}
