using System.Text.Json;
using Credence.Messages;
using Credence.Storage;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Credence.Tests.Messages;

/// <summary>Short messages through whatever provider an administrator describes (contract identity A 13, 27).</summary>
public sealed class SmsTests
{
    private const string Key = "key \"of\" the provider";

    [Theory, EachEngine]
    public async Task A_provider_is_asked_as_it_wants_to_be_and_its_key_opens_only_there(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var provider = await Receiver.StartAsync();
        await world.SetAsync(
            "SMS", "provider",
            $$$"""{"url":"{{{provider.Url}}}/send?id={{id}}","headers":{"X-Key":"{{credential}}"},"body":"{\"destination\":\"{{toDigits}}\",\"to\":\"{{to}}\",\"shortMessage\":\"{{text}}\",\"key\":\"{{credential}}\"}"}""",
            Key);
        await world.SetAsync("SMS", "phone-auth-en", """{"text":"\"{{code}}\"\\ for {{name}}"}""");
        await world.QueueAsync(Post.Sms() with { Values = Post.Values("Ngọc\"},{") });
        await world.SendTextsAsync();

        var asked = Assert.Single(provider.All);
        var body = JsonElement.Parse(asked.Body);
        Assert.Equal("84901234567", body.GetProperty("destination").GetString());
        Assert.Equal("+84901234567", body.GetProperty("to").GetString());
        Assert.Equal($"\"{Post.Code}\"\\ for Ngọc\"}},{{", body.GetProperty("shortMessage").GetString());
        Assert.Equal(Key, body.GetProperty("key").GetString());
        Assert.Equal((Key, "application/json; charset=utf-8"), (asked.Headers["X-Key"], asked.Headers["Content-Type"]));
        Assert.Equal(0, await world.WaitingAsync());
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "t={{text}}&k=v", "t=a%26k%3Db%20%3Cx%3E&k=v")]
    [InlineData("text/xml", "<t>{{text}}</t>", "<t>a&amp;k=b &lt;x&gt;</t>")]
    public async Task A_text_stays_one_value_in_any_kind_of_body(string type, string body, string sent)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var provider = await Receiver.StartAsync();
        await world.SetAsync("SMS", "provider", $$"""{"url":"{{provider.Url}}/","contentType":"{{type}}","body":"{{body}}"}""");
        await world.SetAsync("SMS", "phone-auth-en", """{"text":"a&k=b <x>"}""");
        await world.QueueAsync(Post.Sms());
        await world.SendTextsAsync();
        Assert.Equal(sent, Assert.Single(provider.All).Body);
    }

    [Theory]
    [InlineData(200, """{"data":{"code":"00"}}""", true, false)]
    [InlineData(201, """{"data":{"code":0}}""", true, false)]
    [InlineData(200, """{"data":{"code":"07"}}""", false, false)]
    [InlineData(200, """{"code":"00"}""", false, false)]
    [InlineData(200, "fine", false, false)]
    [InlineData(302, "", false, false)]
    [InlineData(400, "", false, false)]
    [InlineData(403, "", false, false)]
    [InlineData(429, "", false, true)]
    [InlineData(500, "", false, true)]
    [InlineData(503, "", false, true)]
    public async Task An_answer_is_a_success_a_refusal_or_a_reason_to_ask_again(int status, string answer, bool isSuccess, bool isAskedAgain)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var provider = await Receiver.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            if (status == 302) context.Response.Headers.Location = "/elsewhere";
            else await context.Response.WriteAsync(answer, World.Ct);
        });
        await world.SetAsync("SMS", "provider", $$$"""{"url":"{{{provider.Url}}}/","body":"{}","success":{"field":"data.code","values":["00",0]}}""");
        var tried = await world.Get<TryConfiguration>().RunAsync("SMS", "provider", "+84901234567", World.Ct);
        Assert.Equal(isSuccess, tried.Succeeded);

        await world.QueueAsync(Post.Sms());
        await world.SendTextsAsync();
        Assert.Equal(isAskedAgain ? 1 : 0, await world.WaitingAsync());
        Assert.Equal(2, provider.All.Count); // no redirect was followed
    }

    [Fact]
    public async Task A_provider_that_hangs_is_left_and_asked_again()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        world.Get<MessageOptions>().Lease = TimeSpan.FromMilliseconds(300);
        await using var provider = await Receiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await world.SetAsync("SMS", "provider", $$"""{"url":"{{provider.Url}}/","body":"{}"}""");
        await world.QueueAsync(Post.Sms());
        await world.SendTextsAsync();
        Assert.Equal(1, await world.WaitingAsync());
    }

    [Theory]
    [InlineData("0901234567")]
    [InlineData("+0901234567")]
    [InlineData("+84 901234567")]
    [InlineData("84901234567")]
    [InlineData("+84901234567\n")]
    [InlineData("+849")]
    public async Task A_number_that_is_not_in_e164_is_nobodys(string number)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var provider = await Receiver.StartAsync();
        await world.SetAsync("SMS", "provider", $$"""{"url":"{{provider.Url}}/","body":"{}"}""");
        Assert.Equal(MessageFailures.NoNumber, (await world.Get<TryConfiguration>().RunAsync("SMS", "provider", number, World.Ct)).Failure);
        Assert.Empty(provider.All);
    }

    [Fact]
    public void In_production_a_provider_is_on_the_public_internet_and_speaks_https()
    {
        var strict = new SmsGroup(new MessageOptions());
        foreach (var url in new[] { "http://sms.example.com/", "https://127.0.0.1/", "https://sms.internal/" })
        {
            Assert.Equal("value.url", strict.Check("provider", JsonElement.Parse($$"""{"url":"{{url}}","body":"{}"}"""))?.Path);
        }

        Assert.Null(strict.Check("provider", JsonElement.Parse("""{"url":"https://sms.example.com/","body":"{}"}""")));
    }
}
