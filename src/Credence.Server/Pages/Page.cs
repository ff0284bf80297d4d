using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Credence.Server.Pages;

/// <summary>An answer that is a page: one Razor component rendered to HTML, under a content security policy that admits nothing but its own style and script.</summary>
/// <remarks>Renders with <see cref="HtmlRenderer"/> alone: the component endpoints bring data protection and an antiforgery cookie, which a page without a session has no use for.</remarks>
/// <param name="Status">The HTTP status.</param>
/// <param name="Model">What the component shows, its parameter of the same name.</param>
internal sealed record Page<TComponent>(int Status, object Model) : IResult
    where TComponent : IComponent
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var kind = httpContext.GetEndpoint()?.Metadata.GetMetadata<PageKind>() ?? throw new InvalidOperationException("the route does not say which page it is");
        var frame = new PageFrame(kind, RandomNumberGenerator.GetHexString(32, lowercase: true));
        var body = Encoding.UTF8.GetBytes(await RenderAsync(httpContext.RequestServices, frame));

        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        SetHeaders(response.Headers, frame.Nonce);
        if (!HttpMethods.IsHead(httpContext.Request.Method)) await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    private async Task<string> RenderAsync(IServiceProvider services, PageFrame frame)
    {
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Frame"] = frame, ["Model"] = Model });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TComponent>(parameters)).ToHtmlString());
    }

    /// <summary>The page may fetch from this server and post to it; the way back to the developer's site is a plain navigation and needs no permission. Other headers are the host's.</summary>
    private static void SetHeaders(IHeaderDictionary headers, string nonce)
    {
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "same-origin"; // "no-referrer" would also blank the Origin header of the page's own form
    }
}
