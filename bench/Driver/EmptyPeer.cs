using System.Globalization;
using System.Net;

namespace Credence.Bench;

/// <summary>The least that the framework can answer: Kestrel with the server's own settings, no middleware, one small JSON text.</summary>
internal static class EmptyPeer
{
    /// <summary>Serves until it is stopped.</summary>
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1_048_576;
            kestrel.Listen(IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT")!, CultureInfo.InvariantCulture));
        });
        await using var app = builder.Build();
        var json = "{\"status\":\"ok\"}"u8.ToArray();
        app.Run(context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = json.Length;
            return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
        });
        await app.RunAsync();
    }
}
