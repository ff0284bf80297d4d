using Credence.Organizations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>Which agents a list of the agents door shows (contract agent-idp AE-05); null for any.</summary>
/// <param name="Owner">Those of this owner.</param>
/// <param name="Type">Those of this sort.</param>
/// <param name="Status">Those in this state.</param>
public sealed record AgentFilter(string? Owner, AgentType? Type, AgentStatus? Status)
{
    internal Sql ToSql(Id<Organization> organization) => Sql.Of(
        $"""
        organization_id = {organization} {Only("owner", Owner)} {Only("agent_type", Type is { } type ? Words.Of(type) : null)}
            {Only("status", Status is { } status ? Words.Of(status) : null)}
        """);

    private static Sql Only(string column, string? value)
    {
        if (value is null) return Sql.None;
        var condition = Sql.None;
        condition.AppendLiteral($"and {column} = ");
        condition.AppendFormatted(value);
        return condition;
    }
}
