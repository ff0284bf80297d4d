using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.Hosting;

/// <summary>JSON of every kind, written out: sound and unsound, with members that routes read and members that none does.</summary>
internal static class AnyJson
{
    private static readonly string[] Names =
    [
        "name", "email", "mode", "label", "readOnly", "expiresIn", "overlap", "description", "scopes", "redirectUris", "status", "agentId", "principalId",
        "redirectUri", "state", "audience", "codeChallenge", "codeChallengeMethod", "codeVerifier", "code", "refreshToken", "token", "jti", "parentGrantToken",
        "subAgentId", "credentialFormat", "format", "fidoRequired", "fidoRpName", "consentMinimum", "strictScopes", "userName", "externalId", "displayName", "active",
        "emails", "members", "challengeId", "response", "deviceName", "authRequestId", "passkeyEnrolment", "Operations", "filter", "sortBy", "nobodyReadsThis", "",
    ];

    private static readonly string[] Numbers = ["0", "-1", "1.5", "1e400", "-0", "123456789012345678901234567890", "1E-400", "9007199254740993"];

    /// <summary>A text: one that exists, one that means something here, one that hurts elsewhere, or any.</summary>
    public static Gen<string> Text(IReadOnlyList<string> known) => Gen.Frequency(
        (4, Gen.Elements(known.AsEnumerable())),
        (2, Gen.Elements("email:read", "24h", "1s", "0s", "9999999999d", "active", "suspended", "S256", "sandbox", "live", "person", "ada", "https://app.example.test/cb", "a@example.test")),
        (2, Gen.Elements("", " ", "\0", "a\0b", "\ud800", "\udc00x", "💣", "'; drop table grants; --", "%s%n", "../../etc/passwd", "\u202e", "\r\nx: y", new string('x', 1_025), new string('é', 20_000))),
        (1, ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "")));

    /// <summary>A body: mostly one that every route could take, with up to three members changed or gone. Routes ignore what they do not read.</summary>
    /// <param name="sound">Members as JSON that make sense together.</param>
    /// <param name="known">Texts that exist.</param>
    public static Gen<string?> Body(IReadOnlyDictionary<string, string> sound, IReadOnlyList<string> known)
    {
        var change = from name in Gen.Elements(Names) from value in Gen.Frequency((3, Value(known, 2).Select(text => (string?)text)), (1, Gen.Constant<string?>(null))) select (name, value);
        var changed =
            from count in Gen.Choose(0, 3)
            from changes in change.ListOf(count)
            select Written(sound.Select(each => (each.Key, (string?)each.Value)).Concat(changes));
        return Gen.Frequency((6, changed), (1, Object(known, 2)), (1, Value(known, 3))).Select(text => (string?)text);
    }

    private static Gen<string> Object(IReadOnlyList<string> known, int depth)
    {
        var member = from name in Gen.Elements(Names) from value in Value(known, depth - 1) select (name, value);
        return from members in member.ListOf(8) select Written(members.Select(each => (each.name, (string?)each.value)));
    }

    /// <summary>An object with each member once: the last one said, and not there when that is null.</summary>
    private static string Written(IEnumerable<(string Name, string? Value)> members) =>
        "{" + string.Join(',', members.GroupBy(each => each.Name).Select(same => same.Last()).Where(each => each.Value is not null).Select(each => $"{Quoted(each.Name)}:{each.Value}")) + "}";

    private static Gen<string> Value(IReadOnlyList<string> known, int depth)
    {
        var leaf = Gen.Frequency((5, Text(known).Select(Quoted)), (1, Gen.Elements(Numbers)), (1, Gen.Elements("true", "false", "null")));
        if (depth <= 0) return leaf;
        var list = from items in Value(known, depth - 1).ListOf(3) select "[" + string.Join(',', items) + "]";
        return Gen.Frequency((5, leaf), (2, list), (1, Object(known, depth)));
    }

    /// <summary>With every unusual letter escaped, so that lone surrogates reach the server.</summary>
    private static string Quoted(string text) =>
        "\"" + string.Concat(text.Select(letter => letter is < ' ' or '"' or '\\' or > '~' ? $"\\u{(int)letter:x4}" : $"{letter}")) + "\"";
}
