using System.Text.RegularExpressions;
using Credence.Agents;
using Credence.Keys;
using Credence.Organizations;
using Credence.Server.Doors;

namespace Credence.Server.Agents;

/// <summary>The members of a body that say what an agent is (contract agent-idp AE-04, AE-07).</summary>
internal static partial class ProfileFields
{
    private const int MatchMs = 100;
    private const int MostCapabilities = 100;
    private static readonly string[] PublicMembers = ["kty", "crv", "x", "y", "kid", "alg", "use", "key_ops", "ext"];

    /// <summary>All of them, as a new agent needs them.</summary>
    public static AgentProfile New(Fields body) => new(
        Email(body),
        body.Word<AgentType>("agentType"),
        Version(body, body.Text("version", 64)),
        Required(body, "capabilities", Capabilities(body)) ?? [],
        body.Text("owner", 128),
        body.Word<DeploymentEnvironment>("deploymentEnv"),
        PublicKey(body),
        Scopes(body));

    /// <summary>What is to change; its address and id stay what they are.</summary>
    public static ReviseAgent.Input Changed(Fields body)
    {
        foreach (var fixedMember in new[] { "agentId", "email" })
        {
            if (body.Has(fixedMember)) body.Refuse(fixedMember, "cannot be changed");
        }

        var input = new ReviseAgent.Input(
            body.WordOrNull<AgentType>("agentType"), Version(body, body.TextOrNull("version", 64)), Capabilities(body), body.TextOrNull("owner", 128),
            body.WordOrNull<DeploymentEnvironment>("deploymentEnv"), body.Has("publicKey") ? new ReviseAgent.NewKey(PublicKey(body)) : null,
            body.WordOrNull<AgentStatus>("status"));
        if (body.Problem is null && input == new ReviseAgent.Input(null, null, null, null, null, null, null)) body.Refuse("body", "names nothing that can be changed");
        return input;
    }

    private static string Email(Fields body)
    {
        var email = body.Text("email", 255);
        return email.Length == 0 || EmailAddress.Normalize(email) is not null ? email.Trim() : body.Refuse("email", "must be an address such as name@example.com");
    }

    private static string? Version(Fields body, string? version) =>
        version is null or "" || SemanticVersion().IsMatch(version) ? version : body.Refuse("version", "must be a semantic version such as 1.2.0");

    private static IReadOnlyList<string>? Capabilities(Fields body)
    {
        if (body.TextsOrNull("capabilities", 1, MostCapabilities, 128) is not { } capabilities) return null;
        if (!capabilities.All(each => Capability().IsMatch(each))) body.Refuse("capabilities", "must each read resource:action, such as documents:read");
        if (capabilities.Distinct(StringComparer.Ordinal).Count() < capabilities.Count) body.Refuse("capabilities", "must be different from each other");
        return capabilities;
    }

    private static IReadOnlyList<string>? Scopes(Fields body)
    {
        if (body.TextsOrNull("scopes", 1, AgentScopes.All.Count, 64) is not { } scopes) return null;
        if (!scopes.All(scope => AgentScopes.All.Contains(scope, StringComparer.Ordinal))) body.Refuse("scopes", $"must be some of {string.Join(", ", AgentScopes.All)}");
        return scopes;
    }

    /// <summary>A JWK with the public key of P-256. A private one is refused: it must never leave its agent.</summary>
    private static PublicJwk? PublicKey(Fields body)
    {
        if (body.IsNull("publicKey") || body.ObjectOrNull("publicKey") is not { } sent) return null;
        var jwk = new Fields(sent);
        var sound = jwk.OtherThan(PublicMembers) is null && jwk.TextOrNull("kty", 8) is "EC" && jwk.TextOrNull("crv", 16) is "P-256";
        if (sound && jwk.TextOrNull("x", 64) is { } x && jwk.TextOrNull("y", 64) is { } y && AgentKey.Find(x, y) is { } key) return key;
        body.Refuse("publicKey", "must be a public JWK with kty EC and crv P-256, and without d");
        return null;
    }

    private static T? Required<T>(Fields body, string name, T? value)
        where T : class
    {
        if (!body.Has(name)) body.Refuse(name, "is required");
        return value;
    }

    [GeneratedRegex(
        @"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z",
        RegexOptions.ExplicitCapture, MatchMs)]
    private static partial Regex SemanticVersion();

    [GeneratedRegex(@"^[a-z0-9_-]+:[a-z0-9_*-]+\z", RegexOptions.None, MatchMs)]
    private static partial Regex Capability();
}
