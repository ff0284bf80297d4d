using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Credence.Webhooks;

namespace Credence.Server.Hosting.Commands;

/// <summary>Listens on loopback for deliveries, verifies and prints them, and passes them on where that is asked for.</summary>
internal sealed class WebhookListener(WebhookSecret secret, Uri? forward, bool json, TextWriter output, TimeProvider clock)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Runs until it is ended.</summary>
    /// <returns>The exit code: 1 when the port cannot be had.</returns>
    public static async Task<int> RunAsync(int port, WebhookSecret secret, Uri? forward, bool json, TextWriter output, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        await using var app = builder.Build();
        var listener = new WebhookListener(secret, forward, json, output, TimeProvider.System);
        app.Run(listener.TakeAsync);
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }

        await listener.Notes.WriteLineAsync($"Listening on http://localhost:{port}{(forward is null ? "" : $", passing on to {forward}")}");
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    /// <summary>What is no delivery.</summary>
    private TextWriter Notes => json ? Console.Error : output;

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var verdict = VerifyDelivery.Run(secret, name => context.Request.Headers[name].ToString(), body, clock.GetUtcNow());
        var answer = !verdict.Accepted ? StatusCodes.Status401Unauthorized : forward is null ? StatusCodes.Status200OK : await PassOnAsync(context.Request, body);
        await output.WriteLineAsync(json ? Json(context.Request, verdict, answer, body) : Line(context.Request, verdict, answer, body));
        context.Response.StatusCode = answer;
    }

    private string Line(HttpRequest request, DeliveryVerdict verdict, int answer, string body) => string.Create(
        CultureInfo.InvariantCulture,
        $"{clock.GetUtcNow().Iso()} {request.Headers[WebhookSignatures.StandardId]} documented signature {Word(verdict.Documented)}, Standard Webhooks {Word(verdict.Standard)}, {(verdict.Fresh ? "fresh" : "OLD")}, answered {answer}\n{body}");

    private string Json(HttpRequest request, DeliveryVerdict verdict, int answer, string body) => JsonSerializer.Serialize(
        new DeliveryShown(clock.GetUtcNow().Iso(), request.Headers[WebhookSignatures.StandardId].ToString(), verdict.Documented, verdict.Standard, verdict.Fresh, answer, body),
        ToolJson.Default.DeliveryShown);

    private static string Word(bool good) => good ? "good" : "WRONG";

    /// <returns>The status of the answer; 502 when there is none.</returns>
    private async Task<int> PassOnAsync(HttpRequest request, string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var message = new HttpRequestMessage(HttpMethod.Post, forward) { Content = content };
        foreach (var (name, value) in request.Headers)
        {
            var signs = name.StartsWith("X-Grantex-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase);
            if (signs || name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)) message.Headers.TryAddWithoutValidation(name, value.ToString());
        }

        try
        {
            using var answer = await Http.SendAsync(message, request.HttpContext.RequestAborted);
            return (int)answer.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            await Notes.WriteLineAsync($"Not passed on: {error.Message}");
            return StatusCodes.Status502BadGateway;
        }
    }
}

/// <summary>A delivery, as the command shows it: which of its signatures are good, whether it is fresh, and what it was answered.</summary>
internal sealed record DeliveryShown(string At, string Id, bool Documented, bool Standard, bool Fresh, int Answered, string Body);
