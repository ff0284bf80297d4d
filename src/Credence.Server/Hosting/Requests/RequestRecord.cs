using System.Diagnostics;
using System.Globalization;
using Credence.Telemetry;

namespace Credence.Server.Hosting.Requests;

/// <summary>How requests are logged.</summary>
/// <param name="Combined">As one combined-format line for people, instead of fields.</param>
/// <param name="Quiet">Not at all: <c>NODE_ENV=test</c> in the text format.</param>
internal sealed record RequestRecordOptions(bool Combined, bool Quiet);

/// <summary>
/// Set on an answer that lasts for as long as its reader likes: the request took until it began. Hours in the histogram would say nothing of this server.
/// </summary>
/// <param name="At">When it began, by the clock's timestamp.</param>
internal sealed record AnswerBegun(long At);

/// <summary>Times each request, counts it, and logs that it is over (contract operations O35, O41); never its query string (O38).</summary>
internal sealed class RequestRecord(
    RequestDelegate next, RequestRecordOptions options, Metrics metrics, TimeProvider clock, ILogger<RequestRecord> log)
{
    private static readonly string[] StatusTexts = [.. Enumerable.Range(0, 600).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Runs the request and records it.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Record(context, clock.GetElapsedTime(started, context.Features.Get<AnswerBegun>()?.At ?? clock.GetTimestamp()));
        }
    }

    /// <summary>
    /// The template that the request matched, or <c>unmatched</c>: never a path, which callers choose (O44). A template that catches all is a door's
    /// way to say that there is no such thing.
    /// </summary>
    internal static string Route(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { Length: > 0 } route && !route.Contains("{*", StringComparison.Ordinal)
            ? route
            : "unmatched";

    private static string Method(string method) => method switch
    {
        "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" => method,
        _ => "other",
    };

    private void Record(HttpContext context, TimeSpan took)
    {
        var status = context.Response.StatusCode;
        var method = Method(context.Request.Method);
        var route = Route(context);
        var word = status is >= 0 and < 600 ? StatusTexts[status] : "other";
        var facts = context.Features.Get<RequestFacts>();
        metrics.HttpAnswered(method, route, word, took);
        if (facts is not null) metrics.PeopleAnswered(method, route, word, took);
        if (Tracing.Source.HasListeners() && Activity.Current is { IsAllDataRequested: true } span)
        {
            span.DisplayName = $"{method} {route}";
            span.SetTag("http.request.method", method).SetTag("http.route", route).SetTag("http.response.status_code", status);
        }

        if (options.Combined)
        {
            if (!options.Quiet) HostLog.RequestLine(log, CombinedLine.Of(context, clock.GetUtcNow()));
            return;
        }

        var milliseconds = Math.Round(took.TotalMilliseconds, 3);
        var id = facts is null ? null : context.TraceIdentifier; // under the name that this door's operators search for, too
        if (status >= 500) HostLog.RequestFailed(log, milliseconds, method, route, status, id, facts?.UserId, facts?.IdentifierScheme, facts?.Kid);
        else HostLog.RequestCompleted(log, milliseconds, method, route, status, id, facts?.UserId, facts?.IdentifierScheme, facts?.Kid);
    }
}
