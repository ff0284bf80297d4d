using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Server.Hosting.Requests;

/// <summary>The one place where what nobody expected becomes an answer: 503 when the database is away, 4xx when the bytes were bad, else 500.</summary>
internal sealed class Failures(RequestDelegate next, Db db, ILogger<Failures> log)
{
    private const int ClientClosedRequest = 499;

    /// <summary>Runs the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted) context.Response.StatusCode = ClientClosedRequest; // nobody reads it; it is for the record
        }
        catch (Exception error)
        {
            var told = Tell(error);
            if (context.Response.HasStarted)
            {
                context.Abort(); // half an answer must not look like a whole one
                return;
            }

            var id = context.Response.Headers[RequestId.Header];
            context.Response.Clear();
            context.Response.Headers[RequestId.Header] = id;
            var write = context.GetEndpoint()?.Metadata.GetMetadata<UnforeseenShape>()?.WriteAsync ?? WriteAsync;
            await write(context, told);
        }
    }

    private static Task WriteAsync(HttpContext context, Unforeseen told) =>
        Answer.ErrorAsync(context, told.Status, told.Message, told.Code);

    private Unforeseen Tell(Exception error)
    {
        if (error is BadHttpRequestException bad) return new Unforeseen(bad.StatusCode, "BAD_REQUEST", "The request could not be read");
        if (db.Engine.IsUnavailable(error))
        {
            Log.DatabaseError(log, error.Message, Words.Of(db.Engine.Kind));
            return new Unforeseen(StatusCodes.Status503ServiceUnavailable, "SERVICE_UNAVAILABLE", "The service is temporarily unavailable");
        }

        HostLog.Unhandled(log, error);
        return new Unforeseen(StatusCodes.Status500InternalServerError, "INTERNAL_ERROR", "Internal server error");
    }
}
