using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.Keys;

/// <summary>The Keys room of one node, with its own connections to the database of the test.</summary>
internal sealed class KeyNode : IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly ServiceProvider _services;

    public KeyNode(TestDb database, TimeProvider clock, KeyOptions options)
    {
        _engine = DatabaseUrl.Engine(database.Url, poolMax: 4);
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new Db(_engine))
            .AddSingleton(clock)
            .AddSingleton(options)
            .AddKeys()
            .BuildServiceProvider();
    }

    public KeyOptions Options => _services.GetRequiredService<KeyOptions>();

    public KeyRing Ring => _services.GetRequiredService<KeyRing>();

    public Envelope Envelope => _services.GetRequiredService<Envelope>();

    public LoadKeys Load => _services.GetRequiredService<LoadKeys>();

    public ReloadKeys Reload => _services.GetRequiredService<ReloadKeys>();

    public RotateKeys Rotate => _services.GetRequiredService<RotateKeys>();

    public RetireKey Retire => _services.GetRequiredService<RetireKey>();

    public ListKeys List => _services.GetRequiredService<ListKeys>();

    public static async Task<KeyNode> StartAsync(TestDb database, TimeProvider clock, KeyOptions options)
    {
        var node = new KeyNode(database, clock, options);
        await node.Load.RunAsync(CancellationToken.None);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _engine.DisposeAsync();
    }
}
