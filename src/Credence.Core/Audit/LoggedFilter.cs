using Credence.Storage;

namespace Credence.Audit;

/// <summary>What a list of logged entries is narrowed by; null is not asked for.</summary>
/// <param name="Agent">The agent's id as it was logged.</param>
/// <param name="Grant">The grant's.</param>
/// <param name="Principal">The principal's name.</param>
/// <param name="Action">The action.</param>
public sealed record LoggedFilter(string? Agent, string? Grant, string? Principal, string? Action)
{
    /// <summary>Lets everything through.</summary>
    public static readonly LoggedFilter None = new(null, null, null, null);

    /// <summary>How it went, as the caller wrote it; a word that is no status finds nothing.</summary>
    public string? Status { get; init; }

    private const string Unusual = " and status in ('failure', 'blocked')"; // letter for letter the condition of an index (migration 0012)

    internal Sql ToSql()
    {
        var conditions = Sql.None;
        if (Agent is not null) conditions.AppendFormatted<Sql>($" and agent_id = {Agent}");
        if (Grant is not null) conditions.AppendFormatted<Sql>($" and grant_id = {Grant}");
        if (Principal is not null) conditions.AppendFormatted<Sql>($" and principal_id = {Principal}");
        if (Action is not null) conditions.AppendFormatted<Sql>($" and action = {Action}");
        if (Status is "failure" or "blocked") conditions.AppendLiteral(Unusual); // a plan made for any status would not use it
        if (Status is not null) conditions.AppendFormatted<Sql>($" and status = {Status}");
        return conditions;
    }
}
