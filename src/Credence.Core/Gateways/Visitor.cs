using Credence.Tokens;

namespace Credence.Gateways;

/// <summary>Who is let through, as the service behind is told (contract standards 11). What somebody does not have is empty.</summary>
/// <param name="Subject">
/// Who it is, with the sort of name in front: <c>person:</c> and an id, <c>user:</c> and a UUID, <c>agent:</c> and an id, or <c>principal:</c>, an organization and its
/// own name for somebody, so that no organization can name somebody as another's are named.
/// </param>
public sealed record Visitor(string Subject)
{
    /// <summary>The agent at work.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The agents that the authority went through, the one at work first.</summary>
    public IReadOnlyList<string> ActorChain { get; init; } = [];

    /// <summary>The program.</summary>
    public string Client { get; init; } = "";

    /// <summary>What the token allows.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The grant.</summary>
    public string Grant { get; init; } = "";

    /// <summary>The organization.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>What the way is worth that they signed in by (<c>acr</c>).</summary>
    public string Worth { get; init; } = "";

    internal static Visitor Of(PersonClaims claims) => new($"person:{claims.Person}") { Client = claims.ClientId ?? "", Worth = claims.How?.Worth ?? "" };

    internal static Visitor Of(ForwardClaims claims) => new($"user:{claims.Subject}");

    internal static Visitor Of(AccessClaims claims)
    {
        var agent = Agents.Agent.DidOf(claims.Agent);
        return new($"agent:{claims.Agent}") { Agent = agent, ActorChain = [agent], Client = claims.Agent.Value.ToString(), Scopes = claims.Scopes, Tenant = claims.Organization.ToString() };
    }

    internal static Visitor Of(GrantClaims claims)
    {
        var agent = Agents.Agent.DidOf(claims.Agent);
        return new($"principal:{claims.Organization}:{claims.Subject}")
        {
            Agent = agent,
            ActorChain = claims.ParentAgent is { } parent ? [agent, Agents.Agent.DidOf(parent)] : [agent],
            Scopes = claims.Scopes,
            Grant = claims.Grant.ToString(),
            Tenant = claims.Organization.ToString(),
        };
    }
}
