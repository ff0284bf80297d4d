using System.Diagnostics;
using Credence.Organizations;
using Credence.Principals;
using Credence.Scim;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Hosting.Requests;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary>What happens to every call of this door before its handler, in the order of contract grantex 1.5, and after it.</summary>
internal sealed class GrantsPipeline(
    RequestDelegate next, RequestLimits limits, Cors cors, FindCaller findCaller, CheckSession checkSession, FindDirectory findDirectory, AdminKey adminKey,
    CallTotals totals, Db db)
{
    private static readonly Refusal NoKey = new(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Send the API key in the header: Authorization: Bearer <key>");
    private static readonly Refusal NoSession = new(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Send the session token in the header: Authorization: Bearer <token>");
    private static readonly Refusal NoScimToken = new(StatusCodes.Status401Unauthorized, "unauthorized", "Send the SCIM token in the header: Authorization: Bearer <token>");
    private static readonly Refusal ReadOnlyKey = new(StatusCodes.Status403Forbidden, "FORBIDDEN", "This API key may only read");

    /// <summary>Takes the calls of this door; others go on untouched.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } route || route.GetMetadata<OfGrantsDoor>() is null)
        {
            await next(context);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        using var call = new GrantsCall(context);
        context.Features.Set(call);
        try
        {
            await RunAsync(call, route, context.RequestAborted);
        }
        catch (Exception error)
        {
            call.Outcome = OutcomeOf(error, context.RequestAborted);
            throw; // the host words what nobody foresaw, in one place for every door
        }
        finally
        {
            totals.Count(call, route.GetMetadata<Measured>(), Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task RunAsync(GrantsCall call, EndpointMetadataCollection route, CancellationToken ct)
    {
        var refusal = await LimitAddressAsync(call, route, ct)
            ?? await ReadBodyAsync(call, route, ct);
        if (refusal is null && cors.AnswersPreflight(call.Http)) return;

        refusal ??= await AdmitCallerAsync(call, route, ct);
        await (refusal is null ? next(call.Http) : refusal.ExecuteAsync(call.Http));
    }

    private static async Task<Refusal?> ReadBodyAsync(GrantsCall call, EndpointMetadataCollection route, CancellationToken ct)
    {
        var read = await JsonBody.ReadAsync(call.Http.Request, route.GetMetadata<TakesScimJson>() is null ? null : "application/scim+json", ct);
        if (read.Document is not null) call.Take(read.Bytes, read.Document);
        return read.Problem is { } problem ? new Refusal(problem.Status, "BAD_REQUEST", problem.Message) : null;
    }

    private string OutcomeOf(Exception error, CancellationToken aborted)
    {
        if (aborted.IsCancellationRequested) return "aborted";
        return db.Engine.IsUnavailable(error) ? "service_unavailable" : error is BadHttpRequestException ? "bad_request" : "internal_error";
    }

    private async ValueTask<Refusal?> LimitAddressAsync(GrantsCall call, EndpointMetadataCollection route, CancellationToken ct) =>
        route.GetMetadata<NotLimited>() is null ? await limits.AddressAsync(call, route.GetMetadata<AddressLimit>()) : null;

    private async ValueTask<Refusal?> AdmitCallerAsync(GrantsCall call, EndpointMetadataCollection route, CancellationToken ct)
    {
        if (route.GetMetadata<NeedsAdminKey>() is not null) return adminKey.Check(call.Http.Request);
        if (route.GetMetadata<NeedsNoKey>() is not null) return null;
        if (route.GetMetadata<NeedsSession>() is not null) return await AdmitPersonAsync(call, ct);
        if (route.GetMetadata<NeedsScimToken>() is not null) return await AdmitDirectoryAsync(call, ct);
        return await IdentifyAsync(call, route, ct) ?? await limits.PlanAsync(call);
    }

    private async ValueTask<Refusal?> AdmitPersonAsync(GrantsCall call, CancellationToken ct)
    {
        if (BearerHeader.Parse(call.Http.Request.Headers.Authorization) is not { } token) return NoSession;
        var found = await checkSession.RunAsync(token, ct);
        if (!found.Succeeded) return found.Failure.Answer();
        call.Session = found.Value;
        return null;
    }

    private async ValueTask<Refusal?> AdmitDirectoryAsync(GrantsCall call, CancellationToken ct)
    {
        if (BearerHeader.Exact(call.Http.Request.Headers.Authorization) is not { } token) return NoScimToken;
        var found = await findDirectory.RunAsync(token, ct);
        if (!found.Succeeded) return found.Failure.Answer();
        call.Directory = found.Value;
        return null;
    }

    private async ValueTask<Refusal?> IdentifyAsync(GrantsCall call, EndpointMetadataCollection route, CancellationToken ct)
    {
        if (BearerHeader.Parse(call.Http.Request.Headers.Authorization) is not { } key) return NoKey;
        var found = await findCaller.RunAsync(key, ct);
        if (!found.Succeeded) return found.Failure.Answer();

        call.Caller = found.Value;
        var method = call.Http.Request.Method;
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || route.GetMetadata<OnlyReads>() is not null;
        return reads || !call.Caller.ReadOnly ? null : ReadOnlyKey;
    }
}
