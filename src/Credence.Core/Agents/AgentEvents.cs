using System.Text.Json;
using Credence.Events;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>What the agents door tells of, under the names of contract agent-idp B.1; its ids are UUIDs.</summary>
public static class AgentEvents
{
    /// <summary>Something happened to an agent.</summary>
    public static Task AddAsync(DbTx tx, Agent agent, string type, DateTimeOffset now, CancellationToken ct) =>
        AddAsync(tx, agent.Organization, agent.Id, type, _ => { }, now, ct);

    /// <summary>Something happened to what belongs to an agent; <paramref name="write"/> says more.</summary>
    public static Task AddAsync(
        DbTx tx, Id<Organization> organization, Id<Agent> agent, string type, Action<Utf8JsonWriter> write, DateTimeOffset now, CancellationToken ct) =>
        Outbox.AddAsync(
            tx, EventDoor.Agents, organization.ToString(), type,
            data =>
            {
                data.WriteString("agentId", agent.Value);
                write(data);
            },
            now, ct);
}
