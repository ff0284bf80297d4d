using Credence.Keys;
using Credence.Sso;
using Credence.Tests.Support;

namespace Credence.Tests.Sso;

/// <summary>A world's identity provider, on the clock of that world.</summary>
internal sealed class CompanyProvider : IAsyncDisposable
{
    private readonly World _world;
    private readonly OpenIdStandIn _provider;

    private CompanyProvider(World world, OpenIdStandIn provider) => (_world, _provider) = (world, provider);

    public SigningKey Key { get => _provider.Key; set => _provider.Key = value; }

    public string Kid { get => _provider.Kid; set => _provider.Kid = value; }

    public string Issuer => _provider.Issuer;

    public int KeyFetches => _provider.KeyFetches;

    public static async Task<CompanyProvider> StartAsync(World world) => new(world, await OpenIdStandIn.StartAsync(world.Clock));

    public async Task<Connection> ConnectAsync(bool provisions = true) => (await _world.Get<CreateConnection>().RunAsync(
        _world.Caller, SsoProtocol.Oidc,
        new ConnectionChange(
            new Dictionary<string, string> { ["issuerUrl"] = Issuer, ["clientId"] = "credence", ["clientSecret"] = "a secret" },
            "Company", null, null, provisions, null, null, null, null),
        World.Ct)).Value;

    /// <summary>Begins a login: what the browser comes back with when <paramref name="person"/> has signed in.</summary>
    public async Task<FinishLogin.Input> BeginAsync(string person)
    {
        var begun = (await _world.Get<BeginLogin>().RunAsync(_world.Caller.Organization, null, null, World.Ct)).Value;
        var (code, state) = OpenIdStandIn.SignIn(begun.AuthorizeUrl, person);
        return new FinishLogin.Input(code, state, null, null);
    }

    public async Task<Result<FinishLogin.Output>> SignOnAsync(string person) =>
        await _world.Get<FinishLogin>().RunAsync(await BeginAsync(person), World.Ct);

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
