using Credence.Agents;
using Credence.Audit;
using Credence.Billing;
using Credence.Consent;
using Credence.Events;
using Credence.Grants;
using Credence.Issuers;
using Credence.Keys;
using Credence.Messages;
using Credence.OneTimeCodes;
using Credence.Organizations;
using Credence.Outgoing;
using Credence.Passkeys;
using Credence.Passwords;
using Credence.People;
using Credence.Policies;
using Credence.Proofs;
using Credence.Revocations;
using Credence.Roles;
using Credence.SignIn;
using Credence.Sso;
using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tokens;
using Credence.Usage;
using Credence.Webhooks;
using Credence.Workloads;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.Support;

/// <summary>The domain on a database of its own, with one live organization, one agent, and a clock that stands still.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly TestDb _database;
    private readonly bool _ownsDatabase;
    private readonly ServiceProvider _services;

    private World(TestDb database, bool ownsDatabase, ServiceProvider services)
    {
        _database = database;
        _ownsDatabase = ownsDatabase;
        _services = services;
    }

    /// <summary>What Stripe signs events with.</summary>
    public const string StripeSecret = "whsec_of_the_tests_0001";

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ManualClock Clock => (ManualClock)Get<TimeProvider>();

    public DateTimeOffset Now => Clock.Now();

    public Db Db => _database.Db;

    public string Url => _database.Url;

    public ApiCaller Caller { get; private set; } = null!;

    public string ApiKey { get; private set; } = null!;

    public Agent Agent { get; private set; } = null!;

    public RevocationIndex Revocations => Get<RevocationIndex>();

    public static async Task<World> OnAsync(
        EngineKind engine, PlanOptions? plans = null, OrganizationMode mode = OrganizationMode.Live, PolicyOptions? policies = null, WebhookOptions? webhooks = null)
    {
        var database = await TestDb.OnAsync(engine);
        var services = await BuildAsync(
            database.Db, new ManualClock(), plans ?? new PlanOptions(), policies ?? new PolicyOptions(),
            webhooks ?? new WebhookOptions { AllowInsecureUrls = true, AllowPrivateHosts = true });
        var world = new World(database, ownsDatabase: true, services);
        (world.Caller, world.ApiKey) = await world.OrganizationAsync("Example Co", mode);
        world.Agent = await world.AgentAsync("travel agent", "calendar:read", "email:send", "files:read");
        await using var tx = await world.Db.BeginAsync(Ct);
        await tx.ExecuteAsync($"delete from events", Ct); // what a test tells of begins with it
        await tx.CommitAsync();
        return world;
    }

    /// <summary>A second node on the same database, with a memory and connections of its own; on the same clock unless it has another.</summary>
    public async Task<World> NodeAsync(ManualClock? clock = null)
    {
        var database = _database.Again();
        var services = await BuildAsync(database.Db, clock ?? Clock, Get<PlanOptions>(), Get<PolicyOptions>(), Get<WebhookOptions>());
        var node = new World(database, ownsDatabase: true, services)
        {
            Caller = Caller,
            ApiKey = ApiKey,
            Agent = Agent,
        };
        return node;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<(ApiCaller Caller, string ApiKey)> OrganizationAsync(string name, OrganizationMode mode = OrganizationMode.Live)
    {
        var made = (await Get<SignUp>().RunAsync(new SignUp.Input(name, null, mode), Ct)).Value;
        return ((await Get<FindCaller>().RunAsync(made.ApiKey.Plaintext, Ct)).Value, made.ApiKey.Plaintext);
    }

    public async Task<Agent> AgentAsync(string name, params string[] scopes) =>
        (await Get<CreateAgent>().RunAsync(Caller, new CreateAgent.Input(name, "", scopes, []), Ct)).Value;

    /// <summary>Registers a new agent in the place of the one that was ended.</summary>
    public async Task ReplaceAgentAsync() => Agent = await AgentAsync("travel agent", "calendar:read", "email:send", "files:read");

    public async Task<ConsentRequest> AskAsync(string[] scopes, TimeSpan? lifetime = null, string? audience = null, string? challenge = null) =>
        (await Get<RequestConsent>().RunAsync(
            Caller,
            new RequestConsent.Input(Agent.Id.ToString(), "ada", scopes, null, null, audience, lifetime ?? TimeSpan.FromHours(24), challenge),
            Ct)).Value.Request;

    public async Task<string> CodeAsync(params string[] scopes) => await ApproveAsync(await AskAsync(scopes));

    public async Task<string> ApproveAsync(ConsentRequest request) =>
        (await Get<DecideConsent>().ApproveAsync(request.Id, ConsentProof.Link, Ct)).Value.Code!;

    public Task<Result<IssuedGrant>> ExchangeAsync(string code, string? verifier = null) =>
        Get<ExchangeCode>().RunAsync(Caller, new ExchangeCode.Input(code, Agent.Id.ToString(), verifier), Ct);

    public async Task<IssuedGrant> GrantAsync(params string[] scopes) => (await ExchangeAsync(await CodeAsync(scopes))).Value;

    public Task<Result<IssuedGrant>> DelegateAsync(IssuedGrant parent, Agent to, params string[] scopes) =>
        Get<DelegateGrant>().RunAsync(Caller, new DelegateGrant.Input(parent.Token.Jwt, to.Id.ToString(), scopes, TimeSpan.FromHours(1)), Ct);

    public Task<Result<IssuedGrant>> RefreshAsync(string refreshToken) =>
        Get<RefreshGrant>().RunAsync(Caller, refreshToken, Agent.Id.ToString(), Ct);

    public Task<Result<int>> RevokeAsync(IssuedGrant grant) =>
        Get<RevokeGrant>().RunAsync(Caller.Organization, grant.Grant.Id, Caller.Key.ToString(), Ct);

    /// <summary>Why a token does not count, or null when it does.</summary>
    public async Task<TokenRefusal?> RefusalAsync(IssuedGrant grant) => (await Get<CheckToken>().RunAsync(Caller, grant.Token.Jwt, Ct)).Value.Reason;

    /// <summary>Logs an action for an agent, as the organization.</summary>
    public Task<Result<LoggedEntry>> LogAsync(string action, string agent = "ag_1", string principal = "ada", string grant = "grnt_1") => Get<LogEntry>().RunAsync(
        Caller.Organization.ToString(), Get<PlanGate>().AuditEntries(Caller),
        new Logged(agent, "did:example:1", grant, principal, action, "{}", LoggedStatus.Success), Ct);

    /// <summary>How many entries of a type the server has written, sealed or not, whose text has <paramref name="saying"/> in it.</summary>
    public Task<long> AuditedAsync(string type, string saying = "") => CountAsync(
        $"""
        select count(*) as n from (select body from audit_entries union all select body from audit_pending) t
        where body like {$"%\"type\":\"{type}\"%"} and body like {$"%{saying}%"}
        """);

    public Task<long> CountAsync(Sql sql) => Db.NumberAsync(sql, Ct);

    /// <summary>Runs <paramref name="count"/> calls at once.</summary>
    public static Task<T[]> AllAtOnceAsync<T>(int count, Func<int, Task<T>> call)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, count).Select(async number =>
        {
            await go.Task;
            return await call(number);
        }).ToArray();
        go.SetResult();
        return Task.WhenAll(calls);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsDatabase) await _database.DisposeAsync();
    }

    private static async Task<ServiceProvider> BuildAsync(Db db, ManualClock clock, PlanOptions plans, PolicyOptions policies, WebhookOptions webhooks)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(db)
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<ISharedState, EmbeddedState>()
            .AddSingleton<Metrics>()
            .AddSingleton(plans)
            .AddSingleton(new TierOptions())
            .AddSingleton(policies)
            .AddSingleton(new OrganizationOptions { ConsentMinimum = ConsentProof.Link })
            .AddSingleton(new AgentOptions())
            .AddSingleton(new UsageOptions { Enabled = true })
            .AddSingleton(new BillingOptions { WebhookSecret = StripeSecret, PricePro = "price_pro", PriceEnterprise = "price_enterprise" })
            .AddSingleton(new ConsentOptions { AllowPrivateRedirects = true })
            .AddSingleton(new TokenOptions())
            .AddSingleton(new PasskeyOptions { RelyingPartyId = SoftAuthenticator.RelyingPartyId, Origins = [SoftAuthenticator.Origin] })
            .AddSingleton(new MailOptions())
            .AddSingleton(new MessageOptions { SmsRules = new OutgoingRules(AllowHttp: true, AllowPrivate: true) })
            .AddSingleton(new EventStreamOptions())
            .AddSingleton(new KeyOptions { DataEncryptionKey = TestKeys.DataKey })
            .AddSingleton(new ProofOptions { Origin = "credence.example.test" })
            .AddSingleton(webhooks)
            .AddSingleton(new SsoOptions { AllowInsecureUrls = true, AllowPrivateHosts = true })
            .AddSingleton(new IssuerOptions
            {
                Rules = new OutgoingRules(AllowHttp: true, AllowPrivate: true),
                Fetch = new OutgoingLimits(TimeSpan.FromSeconds(2), 256 * 1024, KeepBody: true),
            })
            .AddSingleton(new WorkloadOptions())
            .AddSingleton(new PeopleOptions())
            .AddSingleton(new SignInOptions())
            .AddSingleton(new CodeOptions())
            .AddSingleton(new RoleOptions())
            .AddSingleton(new Credence.Gateways.GatewayOptions())
            .AddSingleton(new PasswordOptions { MemoryKib = PasswordOptions.LeastMemory, AtOnce = 2 })
            .AddSingleton<GivenUpListener>()
            .AddSingleton(provider => provider.GetRequiredService<GivenUpListener>().Listening())
            .AddCore()
            .AddSingleton(TestKeys.Ring) // in place of an empty ring
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
        await services.GetRequiredService<RevocationIndex>().CatchUpAsync(Ct);
        return services;
    }
}
