using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Credence.Server.Pages;

/// <summary>Writes a page: one Razor component rendered to HTML, under a content security policy that admits nothing but this answer's own style and script.</summary>
/// <remarks>Renders with <see cref="HtmlRenderer"/> alone: the component endpoints bring data protection and an antiforgery cookie, which a page without a session has no use for.</remarks>
internal sealed class PageWriter(IServiceProvider services, ILoggerFactory loggers)
{
    private static readonly string Style = Read("page.css"), ConsentScript = Read("consent.js");

    /// <summary>Renders <typeparamref name="TPage"/> with its <c>Model</c> and sends it.</summary>
    public async Task WriteAsync<TPage>(HttpContext http, int status, object model, CancellationToken ct)
        where TPage : IComponent
    {
        var frame = new PageFrame(RandomNumberGenerator.GetHexString(32, lowercase: true), Style, ConsentScript);
        var body = Encoding.UTF8.GetBytes(await RenderAsync<TPage>(frame, model));

        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = Policy(frame.Nonce);
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "same-origin"; // "no-referrer" would also blank the Origin header of the page's own form
        await response.Body.WriteAsync(body, ct);
    }

    /// <summary>The page may fetch from this server and post to it; the way back to the developer's site is a plain navigation, which needs no permission here.</summary>
    private static string Policy(string nonce) =>
        $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private async Task<string> RenderAsync<TPage>(PageFrame frame, object model)
        where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Frame"] = frame, ["Model"] = model });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TPage>(parameters)).ToHtmlString());
    }

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
