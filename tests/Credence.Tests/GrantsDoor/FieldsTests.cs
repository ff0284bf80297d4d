using System.Text;
using System.Text.Json;
using Credence.Server.Doors;
using Credence.Server.Grants;
using Credence.Server.Grants.Reading;
using Credence.Storage;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace Credence.Tests.GrantsDoor;

public sealed class FieldsTests
{
    private static readonly string[] Names = ["text", "name", "scopes", "life", "word", "flag", "uri", "uris", "codeChallenge", "codeVerifier"];

    [Fact]
    public void Whatever_the_body_is_reading_it_never_throws_and_gives_only_what_can_be_stored() =>
        Prop.ForAll(Json.Bodies.ToArbitrary(), body => ReadsSafely(Encoding.UTF8.GetBytes(body)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Whatever_bytes_come_reading_them_never_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ReadsSafely).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void The_first_thing_wrong_is_told_and_names_its_field()
    {
        var body = Body("""{"a": 5, "b": ""}""");

        body.TextOrNull("a", 10);
        body.Text("b", 10);
        body.Text("c", 10);

        Assert.Equal("a must be a string", body.Problem?.Detail);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public void What_is_no_object_is_refused_even_where_nothing_is_required(string json)
    {
        var body = Body(json);

        body.TextOrNull("label", 10);

        Assert.Equal("The body must be a JSON object", body.Problem?.Detail);
    }

    [Fact]
    public void No_body_at_all_is_one_without_members()
    {
        var body = new Fields(default);

        Assert.Null(body.TextOrNull("label", 10));
        Assert.Null(body.Problem);
        body.Text("name", 10);
        Assert.Equal("name is required", body.Problem?.Detail);
    }

    [Fact]
    public void Null_is_not_absent()
    {
        var body = Body("""{"description": null}""");

        Assert.True(body.Has("description"));
        body.TextOrNull("description", 10);
        Assert.Equal("description must be a string", body.Problem?.Detail);
    }

    [Theory]
    [InlineData("""{"scopes": [""]}""")]
    [InlineData("""{"scopes": ["  "]}""")]
    [InlineData("""{"scopes": [null]}""")]
    [InlineData("""{"scopes": "read"}""")]
    [InlineData("""{"scopes": ["a\u0000b"]}""")]
    [InlineData("""{"scopes": ["\ud800"]}""")]
    [InlineData("""{"scopes": []}""")]
    public void A_bad_scope_list_is_refused(string json)
    {
        var body = Body(json);

        body.Scopes("scopes", 1, 100);

        Assert.StartsWith("scopes ", body.Problem?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("024h", 86_400)]
    [InlineData("2d", 172_800)]
    public void Durations_are_a_number_and_a_unit(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.Parse(text));

    [Theory]
    [InlineData("0s")]
    [InlineData("-1h")]
    [InlineData("+1h")]
    [InlineData("1.5h")]
    [InlineData(" 1h")]
    [InlineData("1H")]
    [InlineData("h")]
    [InlineData("1w")]
    [InlineData("٣h")]
    [InlineData("9223372036854775807d")]
    [InlineData("99999999999999999999999s")]
    [InlineData("365001d")]
    public void Other_texts_are_no_duration(string text) => Assert.Null(Durations.Parse(text));

    [Theory]
    [InlineData("https://app.example.test/callback?x=1", true)]
    [InlineData("http://localhost:8080/", true)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("https:\\\\evil.example", false)]
    [InlineData("https:/one-slash.example", false)]
    [InlineData("https://user:pw@example.test/", false)]
    [InlineData("https://example.test/\n", false)]
    [InlineData(" https://example.test/", false)]
    [InlineData("/relative", false)]
    [InlineData("https://", false)]
    public void A_web_address_is_absolute_and_has_one_reading(string text, bool sound) => Assert.Equal(sound, WebAddress.IsSound(text));

    private static Fields Body(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        return new Fields(parsed.RootElement.Clone());
    }

    private static async Task<GrantsCall> CallAsync(byte[] body)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream(body);
        var call = new GrantsCall(http);
        var read = await JsonBody.ReadAsync(http.Request, null, CancellationToken.None);
        if (read.Document is not null) call.Take(read.Bytes, read.Document);
        call.Outcome = read.Problem is null ? "taken" : "refused";
        return call;
    }

    private static bool ReadsSafely(byte[] bytes)
    {
        using var call = CallAsync(bytes).GetAwaiter().GetResult(); // no await inside a property; nothing here really waits
        if (call.Outcome == "refused") return true;
        using var taken = JsonDocument.Parse(bytes);

        var texts = new List<string?>();
        foreach (var name in Names)
        {
            // Each reader on each member: a member's name says nothing of its type.
            texts.AddRange(Read(taken, fields => [fields.Text(name, 20)]));
            texts.AddRange(Read(taken, fields => [fields.NameOrNull(name, 20)]));
            texts.AddRange(Read(taken, fields => [fields.WebAddressOrNull(name)]));
            texts.AddRange(Read(taken, fields => [.. fields.ScopesOrNull(name, 0, 5) ?? []]));
            texts.AddRange(Read(taken, fields => [.. fields.WebAddressesOrNull(name, 5) ?? []]));
            texts.AddRange(Read(taken, fields => [fields.DurationOrNull(name)?.ToString()]));
            texts.AddRange(Read(taken, fields => [fields.WordOrNull<EngineKind>(name)?.ToString()]));
            texts.AddRange(Read(taken, fields => [fields.FlagOrNull(name)?.ToString()]));
        }

        texts.AddRange(Read(taken, fields => [Pkce.Challenge(fields)]));
        texts.AddRange(Read(taken, fields => [Pkce.Verifier(fields)]));
        return texts.TrueForAll(text => text is null || (!text.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text));
    }

    private static List<string?> Read(JsonDocument body, Func<Fields, List<string?>> read)
    {
        var fields = new Fields(body.RootElement);
        var texts = read(fields);
        return fields.Problem is null ? texts : [];
    }

    /// <summary>JSON as an unfriendly client writes it, most of it well-formed.</summary>
    private static class Json
    {
        private static readonly string[] Hostile =
        [
            "\"\"", "\"a\"", "\"  \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\ude00\"", "\"1h\"", "\"99999999999999999999d\"", "\"S256\"",
            "\"https://a.example\"", "\"https://\\ud800.example\"", "\"http://[::1\"", "\"postgres\"", "1e999", "-0", "1", "null", "true", "[]", "{}", "[null]",
            "\"" + new string('x', 300) + "\"", "\"" + new string('A', 43) + "\"", new string('[', 70) + new string(']', 70), "\"unclosed", "{\"a\":1,\"a\":2}", "\u00e9",
        ];

        private static readonly Gen<string> Value = Gen.Sized(size => Nested(Math.Min(size, 6)));

        public static Gen<string> Bodies => Gen.OneOf(Object(Value), Object(Value), Object(Value), Value);

        private static Gen<string> Nested(int depth) => depth == 0
            ? Gen.Elements(Hostile)
            : Gen.OneOf(
                Gen.Elements(Hostile),
                Nested(depth / 2).ListOf().Select(items => $"[{string.Join(',', items)}]"),
                Object(Nested(depth / 2)));

        private static Gen<string> Object(Gen<string> value) =>
            Gen.Elements([.. Names, "\\ud800", "\\u0000", "text"])
                .Zip(value)
                .ListOf()
                .Select(members => $"{{{string.Join(',', members.Select(member => $"\"{member.Item1}\":{member.Item2}"))}}}");
    }
}
