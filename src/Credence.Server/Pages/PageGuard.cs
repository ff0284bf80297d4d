using Credence.Server.Hosting.Requests;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Server.Pages;

/// <summary>What every page needs around it: a limit for each client address, and a page for what nobody expected.</summary>
internal sealed partial class PageGuard(RateLimits limits, Db db, ILogger<PageGuard> log) : IEndpointFilter
{
    private static readonly Notice Away = new(
        StatusCodes.Status503ServiceUnavailable, "Not now, please try again", "Something this server needs is unavailable at the moment. Go back, and try again in a minute.");

    private static readonly Notice Unexpected = new(
        StatusCodes.Status500InternalServerError, "Something went wrong here", "The mistake is this server's, not yours, and whoever runs it has been told. Go back, and try again.");

    private static Notice TooOften(int seconds) => new(
        StatusCodes.Status429TooManyRequests, "Too many requests from your network", $"Wait {seconds} seconds, and try again.");

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            if (await limits.CountAddressAsync(http) is { } seconds) return TooOften(seconds).Page();
            return await next(context);
        }
        catch (Exception error) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            var away = db.Engine.IsUnavailable(error);
            if (away) Log.DatabaseError(log, error.Message, Words.Of(db.Engine.Kind));
            else PageFailed(log, error);

            return (away ? Away : Unexpected).Page();
        }
    }

    [LoggerMessage(1150, LogLevel.Error, "page.failed", EventName = "page.failed")]
    private static partial void PageFailed(ILogger log, Exception error);
}
