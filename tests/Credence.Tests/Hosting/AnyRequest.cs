using System.Text;
using Credence.Server.Agents;
using Credence.Server.Doors;
using Credence.Server.People;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Credence.Tests.Hosting;

/// <summary>A request that a program, a mistake or an attacker could send.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query, as they go on the wire.</param>
/// <param name="Body">The body, or null for none.</param>
/// <param name="ContentType">What the body says it is.</param>
/// <param name="Key">The API key, or null for none.</param>
internal sealed record AnyRequest(string Method, string Path, string? Body, string? ContentType, string? Key)
{
    private const string Exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
    private const string TokenType = "urn:ietf:params:oauth:token-type:";

    /// <summary>Puts it on the wire as it is.</summary>
    public HttpRequestMessage ToMessage(Uri server)
    {
        var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(server.GetLeftPart(UriPartial.Authority) + Path, raw));
        if (Key is not null) message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Key}");
        if (Body is null) return message;
        message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        if (ContentType is not null) message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        return message;
    }

    /// <summary>Requests for a route: its own method and one of its paths, now and then another.</summary>
    public static Gen<AnyRequest> For(RouteEndpoint route, Lively lively)
    {
        var known = lively.Values;
        var methods = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        var usual = route.Metadata.GetMetadata<NeedsNoToken>() is null ? UsualKey(route, lively) : null; // a client that proves itself shows no token besides
        var takesForm = route.Metadata.GetMetadata<SpeaksOAuth>() is not null;
        return
            from method in Often(Gen.Elements(methods.AsEnumerable()), Gen.Elements("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"))
            from path in PathOf(route.RoutePattern, lively)
            from query in Query(known)
            from body in Often(takesForm ? Form(lively) : AnyJson.Body(lively.Members, known), Gen.Elements(null, "", "{", "\"", "[[[[", "req=x&decision=approve", "do=stop-all", "{\"a\":1,\"a\":2}", new string('[', 100)))
            from type in Often(Gen.Constant<string?>(takesForm ? "application/x-www-form-urlencoded" : "application/json"), Gen.Elements(null, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16", "nonsense"))
            from sent in Often(Gen.Constant<string?>(usual), Gen.Elements(null, lively.Key, lively.Session, lively.ScimToken, lively.AccessToken, lively.PersonToken, "", "gx_live_nobody", new string('k', 600)))
            select new AnyRequest(method, path + query, method is "GET" or "HEAD" or "TRACE" ? null : body, type, sent);
    }

    /// <summary>What a caller of the route shows.</summary>
    public static string UsualKey(RouteEndpoint route, Lively lively) => route.RoutePattern.RawText! switch
    {
        var path when path.StartsWith("/v1/principal/", StringComparison.Ordinal) => lively.Session,
        var path when path.StartsWith("/scim/", StringComparison.Ordinal) => lively.ScimToken,
        _ when route.Metadata.GetMetadata<OfAgentsDoor>() is not null => lively.AccessToken,
        _ when route.Metadata.GetMetadata<OfPeopleDoor>() is not null => lively.PersonToken,
        _ => lively.Key,
    };

    /// <summary>Forms for the endpoints that take no JSON.</summary>
    private static Gen<string?> Form(Lively lively) =>
        Gen.Elements<string?>(
            $"{Exchange}&{Lively.OperatorForm}&subject_token={lively.AccessToken}&subject_token_type={TokenType}access_token&scope=agents:read",
            $"{Exchange}&{Lively.OperatorForm}&subject_token={lively.AccessToken}&subject_token_type={TokenType}access_token&actor_token={lively.AccessToken}&actor_token_type={TokenType}access_token",
            $"{Exchange}&{Lively.OperatorForm}&subject_token={lively.DelegationToken}&subject_token_type={TokenType}jwt", $"{Exchange}&{Lively.OperatorForm}&subject_token=a.b.c",
            $"token={lively.AccessToken}", $"grant_type=client_credentials&{Lively.OperatorForm}", $"{Lively.OperatorForm}&token={lively.AccessToken}",
            $"grant_type=client_credentials&{Lively.OperatorForm}&scope=agents:read+openid", "grant_type=password", "token=a&token=b", "token=%ff%00", "client_assertion=a.b.c&client_assertion_type=x",
            $"client_assertion={lively.AccessToken}&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "", null);


    private static Gen<string> PathOf(RoutePattern pattern, Lively lively) => pattern.PathSegments
        .Select(segment => segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => Often(Gen.Constant(literal.Content), Gen.Constant(literal.Content.ToUpperInvariant())),
            RoutePatternParameterPart { IsCatchAll: true } => from parts in Segment(lively.Values).NonEmptyListOf() select string.Join('/', parts),
            _ => Gen.OneOf(Gen.Elements(lively.IdsFor(pattern.RawText ?? "").AsEnumerable()), Segment(lively.Values)),
        }).Aggregate(Gen.Constant("/"), Joined))
        .Aggregate(Gen.Constant(""), Joined)
        .Select(path => path.Length == 0 ? "/" : path);

    /// <summary>A value as it goes into a path: mostly escaped as it should be, or bytes that mean nothing.</summary>
    private static Gen<string> Segment(IReadOnlyList<string> known) => Often(
        from text in AnyJson.Text(known) where text.Length is > 0 and < 2_000 select Escaped(text),
        Gen.Elements("%00", "%ff", "%2F", "%2e%2e", "..", "%", "%zz", "a%00b", "%ed%a0%80", ";", "+", "%25", "~", ":", "@"));

    private static Gen<string> Query(IReadOnlyList<string> known)
    {
        var pair =
            from name in Gen.Elements("owner", "direction", "active", "action", "outcome", "fromDate", "toDate", "month", "agentType", "role", "limit", "cursor", "agentId", "principalId", "session", "link", "stopped", "status", "req", "format", "types", "lastEventId", "days", "page", "pageSize", "filter", "sortBy", "startIndex", "count", "attributes", "excludedAttributes", "org", "domain", "redirect_uri", "identifier", "offset", "subjectId", "targetId", "resource", "code", "state", "x", "", "%00")
            from value in Often(from text in AnyJson.Text(known) where text.Length < 2_000 select Escaped(text), Gen.Elements("1", "-1", "given", "received", "true", "success", "2026-03-01T00:00:00Z", "2026-03", "userName", "name.familyName", "userName%20sw%20%22a%22", "not%20(active%20eq%20true)%20or%20emails%5bvalue%20co%20%22@%22%5d", "99999999999999999999", "%00", "%ff", "", "+"))
            select $"{name}={value}";
        return Often(Gen.Constant(""), from pairs in pair.ListOf(3) select "?" + string.Join('&', pairs));
    }

    private static string Escaped(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text); // a lone surrogate becomes U+FFFD
        return string.Concat(bytes.Select(each => char.IsAsciiLetterOrDigit((char)each) || each is (byte)'_' or (byte)'-' ? $"{(char)each}" : $"%{each:X2}"));
    }

    private static Gen<string> Joined(Gen<string> left, Gen<string> right) => from a in left from b in right select a + b;

    private static Gen<T> Often<T>(Gen<T> usual, Gen<T> odd) => Gen.Frequency((9, usual), (1, odd));
}
