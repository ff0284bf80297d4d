using System.Net;
using System.Text;

namespace Credence.Tests.Support;

/// <summary>Answers whatever Stripe is asked for with the address of a page.</summary>
internal sealed class StripeStandIn : IDisposable
{
    private readonly HttpListener _listener = new();

    public StripeStandIn()
    {
        Url = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = AnswerAsync();
    }

    /// <summary>Where it is.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _listener.GetContextAsync();
                asked.Response.Close(Encoding.UTF8.GetBytes("""{"url":"https://pay.example.test/page"}"""), willBlock: false);
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // closed
        }
    }
}
