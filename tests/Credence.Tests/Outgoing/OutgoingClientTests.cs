using System.Net;
using Credence.Outgoing;
using Credence.Tests.Support;

namespace Credence.Tests.Outgoing;

/// <summary>The one way out to addresses that others choose (design D11).</summary>
public sealed class OutgoingClientTests
{
    private static readonly OutgoingRules Strict = new(AllowHttp: true, AllowPrivate: false); // http, so that only the address decides
    private static readonly OutgoingRules Relaxed = new(AllowHttp: true, AllowPrivate: true);
    private static readonly OutgoingLimits Limits = new(TimeSpan.FromSeconds(5), 1_000, KeepBody: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::7f00:1")] // IPv4-compatible, withdrawn
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")] // translated
    [InlineData("64:ff9b::7f00:1")] // NAT64 of 127.0.0.1
    [InlineData("64:ff9b::a9fe:a9fe")] // NAT64 of 169.254.169.254
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")] // Teredo
    [InlineData("2001:20::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")] // 6to4 of 127.0.0.1
    [InlineData("2002:808:808::")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Special_addresses_are_not_public(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("198.20.0.1")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::808:808")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:81b::200e")]
    public void Ordinary_addresses_are_public(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://receiver.example/")]
    [InlineData("ftp://receiver.example/")]
    [InlineData("https://user:secret@receiver.example/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("https://127.1/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("/relative")]
    public void An_address_that_could_never_be_used_is_refused_when_it_is_given(string url) =>
        Assert.NotNull(new OutgoingRules(AllowHttp: false, AllowPrivate: false).Problem(url));

    [Fact]
    public void A_public_https_address_is_taken() => Assert.Null(new OutgoingRules(AllowHttp: false, AllowPrivate: false).Problem("https://receiver.example:8443/hook?x=1"));

    [Fact]
    public async Task A_name_is_judged_by_the_address_that_is_connected_to()
    {
        await using var receiver = await Receiver.StartAsync();
        var port = new Uri(receiver.Url).Port;
        using var client = new OutgoingClient(Strict, (_, _) => Task.FromResult(new[] { IPAddress.Loopback, IPAddress.IPv6Loopback }));
        Assert.Equal(OutgoingFailures.NotPublic, (await GetAsync(client, $"http://receiver.example:{port}/")).Failure);
        Assert.Equal("The address must name a host on the public internet", (await GetAsync(client, $"http://127.0.0.1:{port}/")).Failure!.Detail);
        Assert.Empty(receiver.All);
    }

    [Fact]
    public async Task An_address_is_tried_by_the_same_rules_and_asked_for_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        var patience = TimeSpan.FromSeconds(30);
        using (var client = new OutgoingClient(Relaxed)) Assert.True((await client.TryAsync(new Uri(receiver.Url), patience, Ct)).Succeeded);
        Assert.Empty(receiver.All);

        using var strict = new OutgoingClient(Strict, (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));
        var port = new Uri(receiver.Url).Port;
        Assert.Equal(OutgoingFailures.NotPublic, (await strict.TryAsync(new Uri($"http://receiver.example:{port}/"), patience, Ct)).Failure);
        using var relaxed = new OutgoingClient(Relaxed);
        Assert.Equal("The connection failed: ConnectionRefused", (await relaxed.TryAsync(new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/"), patience, Ct)).Failure!.Detail);
        Assert.False((await relaxed.TryAsync(new Uri($"https://127.0.0.1:{port}/"), patience, Ct)).Succeeded); // no TLS there
    }

    /// <summary>Rebinding: a name that is public when it is checked and private when it is used. There is one look-up, so there is no second answer.</summary>
    [Fact]
    public async Task A_name_is_looked_up_once_for_the_check_and_the_connection()
    {
        await using var receiver = await Receiver.StartAsync();
        var lookUps = 0;
        using var client = new OutgoingClient(Strict, (_, _) =>
        {
            lookUps++;
            return Task.FromResult(lookUps == 1 ? [IPAddress.Parse("192.0.2.1")] : new[] { IPAddress.Loopback });
        });
        var answer = await GetAsync(client, $"http://receiver.example:{new Uri(receiver.Url).Port}/");
        Assert.Equal((OutgoingFailures.NotPublic, 1), (answer.Failure, lookUps));
        Assert.Empty(receiver.All);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        await using var bait = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.Redirect(bait.Url);
            return Task.CompletedTask;
        });
        using var client = new OutgoingClient(Relaxed);
        Assert.Equal(302, (await GetAsync(client, receiver.Url)).Value.Status);
        Assert.Empty(bait.All);
    }

    [Fact]
    public async Task A_body_is_read_to_its_limit_and_not_past_it()
    {
        var length = 1_000;
        await using var receiver = await Receiver.StartAsync(context => context.Response.Body.WriteAsync(new byte[length]).AsTask());
        using var client = new OutgoingClient(Relaxed);
        Assert.Equal(1_000, (await GetAsync(client, receiver.Url)).Value.Body.Length);
        length++;
        Assert.Equal(OutgoingFailures.TooLarge, (await GetAsync(client, receiver.Url)).Failure);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_gives_way_to_the_next()
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = new OutgoingClient(Relaxed, (_, _) => Task.FromResult(new[] { IPAddress.Parse("127.255.255.254"), IPAddress.Loopback }));
        Assert.Equal(200, (await GetAsync(client, $"http://receiver.example:{new Uri(receiver.Url).Port}/")).Value.Status);
    }

    [Fact]
    public async Task It_is_told_nothing_but_what_the_request_says()
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = new OutgoingClient(Relaxed);
        using var activity = new System.Diagnostics.Activity("ours").Start();
        await GetAsync(client, receiver.Url);
        Assert.Equal(["Host"], Assert.Single(receiver.All).Headers.Keys);
    }

    [Fact]
    public async Task Whoever_ends_the_wait_hears_of_that_and_of_no_failure()
    {
        await using var receiver = await Receiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var client = new OutgoingClient(Relaxed);
        using var ended = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GetAsync(client, receiver.Url, ended.Token));
    }

    private static async Task<Result<OutgoingAnswer>> GetAsync(OutgoingClient client, string url, CancellationToken? ct = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await client.SendAsync(request, Limits, ct ?? Ct);
    }
}
