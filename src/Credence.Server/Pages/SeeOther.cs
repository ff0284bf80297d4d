namespace Credence.Server.Pages;

/// <summary>303: the browser goes on with a GET, so that reloading what it shows then sends no form again (RFC 9110 15.4.4).</summary>
/// <param name="Location">Where to, on this server.</param>
internal sealed record SeeOther(string Location) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = Location;
        return Task.CompletedTask;
    }
}
