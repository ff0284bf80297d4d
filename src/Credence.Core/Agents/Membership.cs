using System.Security.Cryptography;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>That an agent belongs to an organization; one that was removed gets no token there (contract agent-idp B.8).</summary>
/// <param name="Organization">The organization.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Role">What it may do there.</param>
/// <param name="JoinedAt">Since when.</param>
public sealed record Membership(Id<Organization> Organization, Id<Agent> Agent, MemberRole Role, DateTimeOffset JoinedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "mbr_";

    /// <summary>What a mark names that ends a membership: the same whenever this agent belongs to this organization, and made of both their ids.</summary>
    public static Id<Membership> IdOf(Id<Organization> organization, Id<Agent> agent)
    {
        Span<byte> both = stackalloc byte[32];
        organization.Value.TryWriteBytes(both, bigEndian: true, out _);
        agent.Value.TryWriteBytes(both[16..], bigEndian: true, out _);
        return new Id<Membership>(new Guid(SHA256.HashData(both).AsSpan(0, 16), bigEndian: true));
    }

    internal static Sql Columns { get; } = Sql.Of($"organization_id, agent_id, role, joined_ms");

    internal static Membership Read(Row row) => new(
        row.Id<Organization>("organization_id"), row.Id<Agent>("agent_id"), row.Word<MemberRole>("role"), row.Time("joined_ms"));
}

/// <summary>What a member may do.</summary>
public enum MemberRole
{
    /// <summary>What its token allows.</summary>
    Member,

    /// <summary>Manage the organization and its agents' credentials besides.</summary>
    Admin,
}
