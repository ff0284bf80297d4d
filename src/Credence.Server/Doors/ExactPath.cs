using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Credence.Server.Doors;

/// <summary>Endpoint metadata: the path counts letter by letter.</summary>
internal sealed record HasExactPath;

/// <summary>Makes paths exact where <see cref="HasExactPath"/> says so: case counts, and a trailing slash is another, unknown path (contract grantex 1.6). Routing alone forgives both.</summary>
internal sealed class ExactPath : MatcherPolicy, IEndpointSelectorPolicy
{
    /// <inheritdoc/>
    public override int Order => 0;

    /// <inheritdoc/>
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (IsExact(endpoint)) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var path = httpContext.Request.Path.Value ?? "";
        for (var at = 0; at < candidates.Count; at++)
        {
            if (!candidates.IsValidCandidate(at) || !IsExact(candidates[at].Endpoint)) continue;
            if (!IsSpelledLike(((RouteEndpoint)candidates[at].Endpoint).RoutePattern, path)) candidates.SetValidity(at, false);
        }

        return Task.CompletedTask;
    }

    /// <summary>Whether <paramref name="path"/>, which matches the pattern, also has its letters' case and no slash at its end.</summary>
    public static bool IsSpelledLike(RoutePattern pattern, ReadOnlySpan<char> path)
    {
        foreach (var segment in pattern.PathSegments)
        {
            if (path.IsEmpty) return false;
            path = path[1..]; // the slash before the segment
            var length = path.IndexOf('/');
            var text = length < 0 ? path : path[..length];
            if (segment.Parts is [RoutePatternLiteralPart literal] && !text.Equals(literal.Content, StringComparison.Ordinal)) return false;
            path = path[text.Length..];
        }

        return path.IsEmpty;
    }

    private static bool IsExact(Endpoint endpoint) =>
        endpoint is RouteEndpoint route && endpoint.Metadata.GetMetadata<HasExactPath>() is not null
        && route.RoutePattern.Parameters is not [.., { IsCatchAll: true }];
}
