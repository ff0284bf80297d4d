using Credence.Proofs;

namespace Credence.Server.Grants;

/// <summary>The whole log as lines of JSON, as fast as the caller takes it: neither memory nor a connection to the database is held for the rest.</summary>
internal sealed class AuditExport(ExportAudit export, string organization) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/x-ndjson; charset=utf-8";
        return HttpMethods.IsHead(httpContext.Request.Method)
            ? Task.CompletedTask
            : export.RunAsync(organization, httpContext.Response.Body, httpContext.RequestAborted);
    }
}
