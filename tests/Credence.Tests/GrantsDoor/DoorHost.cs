using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Credence.Agents;
using Credence.Billing;
using Credence.Consent;
using Credence.Events;
using Credence.Keys;
using Credence.Messages;
using Credence.Organizations;
using Credence.Policies;
using Credence.Revocations;
using Credence.Server.Grants;
using Credence.Server.Hosting.Requests;
using Credence.Server.OAuth;
using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tests.Support;
using Credence.Tokens;
using Credence.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Credence.Tests.GrantsDoor;

/// <summary>The grants door and what it publishes alone, on a loopback port, over an embedded database of its own.</summary>
internal sealed class DoorHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestDb _database;

    private DoorHost(WebApplication app, TestDb database)
    {
        _app = app;
        _database = database;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    /// <summary>Speaks to the door, without a key unless a request brings one.</summary>
    public HttpClient Client { get; }

    /// <summary>What the door runs on.</summary>
    public IServiceProvider Services => _app.Services;

    public static async Task<DoorHost> StartAsync(Action<GrantsOptions, RateLimitOptions>? change = null)
    {
        var database = await TestDb.OnAsync(EngineKind.Sqlite);
        var options = new GrantsOptions();
        var rates = new RateLimitOptions();
        change?.Invoke(options, rates);

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services
            .AddSingleton(database.Db)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ISharedState, EmbeddedState>()
            .AddSingleton<Metrics>()
            .AddSingleton(new TierOptions())
            .AddSingleton(new PlanOptions())
            .AddSingleton(new OrganizationOptions { ConsentMinimum = ConsentProof.Link })
            .AddSingleton(new PolicyOptions())
            .AddSingleton(new AgentOptions())
            .AddSingleton(new UsageOptions { Enabled = true })
            .AddSingleton(new BillingOptions())
            .AddSingleton(new ConsentOptions { AllowPrivateRedirects = true })
            .AddSingleton(new TokenOptions())
            .AddSingleton(new MailOptions())
            .AddSingleton(new MessageOptions())
            .AddSingleton(new EventStreamOptions())
            .AddSingleton(new KeyOptions { DataEncryptionKey = TestKeys.DataKey })
            .AddSingleton(new Cors(["https://app.example.test"]))
            .AddCore()
            .AddSingleton(TestKeys.Ring) // in place of an empty ring
            .AddSingleton(rates)
            .AddSingleton<RateLimits>()
            .AddGrantsDoor(options)
            .AddOAuthDoor(new OAuthOptions
            {
                Issuer = "http://localhost:3001",
                PublicBaseUrl = "http://localhost:3001",
                DidWebDomain = "localhost:3001",
                HasGrants = true,
                HasAgents = false,
                HasDelegation = false,
            });
        var app = builder.Build();
        app.UseMiddleware<AnswerHeaders>();
        OAuthDoor.Map(app);
        Server.Grants.GrantsDoor.Map(app);
        await app.Services.GetRequiredService<RevocationIndex>().CatchUpAsync(CancellationToken.None);
        await app.StartAsync();
        return new DoorHost(app, database);
    }

    /// <summary>A new organization's key.</summary>
    public async Task<string> SignUpAsync(OrganizationMode mode = OrganizationMode.Live)
    {
        var made = await Services.GetRequiredService<SignUp>().RunAsync(new SignUp.Input("Example Co", null, mode), CancellationToken.None);
        return made.Value.ApiKey.Plaintext;
    }

    /// <summary>Sends one request and reads the whole answer.</summary>
    public async Task<Answer> SendAsync(string method, string path, string? key = null, string? json = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        change?.Invoke(request);
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, headers, text);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>What came back.</summary>
    internal sealed record Answer(int Status, Dictionary<string, string> Headers, string Text)
    {
        /// <summary>A member of the body, as text.</summary>
        public string? this[string member]
        {
            get
            {
                using var body = JsonDocument.Parse(Text);
                return body.RootElement.TryGetProperty(member, out var value) ? value.ToString() : null;
            }
        }
    }
}
