using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Organizations;

namespace Credence.Gateways;

/// <summary>One rule of <c>FORWARD_AUTH_ROUTES_FILE</c>: who may come to a part of a host behind a proxy (contract standards 11). Whatever no rule names is shut.</summary>
public sealed record ProtectedRoute
{
    /// <summary>A person, by a token of the people door or of the forward-auth door.</summary>
    public const string People = "people";

    /// <summary>An agent, by an access token.</summary>
    public const string Agents = "agents";

    /// <summary>An agent for a person, by a grant token.</summary>
    public const string Grants = "grants";

    /// <summary>The host as callers name it, with a port where it is not the usual one.</summary>
    public required string Host { get; init; }

    /// <summary>The path, and all below it.</summary>
    public required string Path { get; init; }

    /// <summary>Who is admitted: some of <c>people</c>, <c>agents</c>, <c>grants</c>.</summary>
    public required IReadOnlyList<string> Admit { get; init; }

    /// <summary>Only with these methods; null for all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>All of these an agent's token must have; people have no scopes.</summary>
    public IReadOnlyList<string> Scopes { get; init => field = value ?? []; } = []; // absent members come as null

    /// <summary>Whose agents are admitted, by id. Anybody can begin an organization and name scopes as they like, so no list would mean no protection.</summary>
    public IReadOnlyList<string> Organizations { get; init => field = value ?? []; } = []; // absent members come as null

    /// <summary>One of these a person must have; none for whatever person.</summary>
    public IReadOnlyList<string> Roles { get; init => field = value ?? []; } = []; // absent members come as null

    /// <summary>The <c>aud</c> that grant tokens may have besides none and the host's own origin; null for no other.</summary>
    public string? Audience { get; init; }

    /// <summary>Why this cannot be a rule, as the end of a sentence; null when it can.</summary>
    internal string? Problem()
    {
        var lends = Admit.Contains(Agents, StringComparer.Ordinal) || Admit.Contains(Grants, StringComparer.Ordinal);
        if (!Uri.TryCreate("https://" + Host, UriKind.Absolute, out var address) || address.PathAndQuery != "/" || address.UserInfo.Length > 0 || Host.EndsWith('/')) return "needs a host, such as api.example.com";
        if (AskedRequest.Plain(Path) != Path) return "needs a path that begins with a slash and has nothing escaped in it";
        if (Admit.Count == 0 || Admit.Any(who => who is not (People or Agents or Grants))) return "must admit some of people, agents, grants";
        if (Methods?.Any(method => method.Length == 0 || !method.All(char.IsAsciiLetterUpper)) == true) return "has a method that is none, such as GET";
        if (lends && (Organizations.Count == 0 || Scopes.Count == 0)) return "must name the organizations and the scopes of the agents that it admits";
        return Organizations.All(id => Id<Organization>.TryParse(id, out _)) ? null : "names an organization by something that is no id";
    }

    /// <summary>Whether <paramref name="path"/> is this one's, or lies below it.</summary>
    internal bool Covers(string path, StringComparison how) =>
        path.StartsWith(Path, how) && (path.Length == Path.Length || Path.EndsWith('/') || path[Path.Length] == '/');
}

/// <summary>The file.</summary>
internal sealed record RoutesFile
{
    public required IReadOnlyList<ProtectedRoute> Routes { get; init; }
}

/// <summary>How the file is read: strictly, because a member that is misspelled would open what it was to shut.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RoutesFile))]
internal sealed partial class GatewaysJson : JsonSerializerContext;
