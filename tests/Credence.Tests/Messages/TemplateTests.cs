using Credence.Configurations;
using Credence.Messages;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Messages;

/// <summary>What messages say, and in which language (contract identity B.1).</summary>
public sealed class TemplateTests
{
    [Theory]
    [InlineData("welcome")]
    [InlineData("verify-email")]
    [InlineData("forgot-password")]
    [InlineData("password-changed")]
    [InlineData("sign-up-attempt")]
    [InlineData("second-factor-added")]
    [InlineData("second-factor-removed")]
    [InlineData("second-factor-refused")]
    [InlineData("recovery-codes-made")]
    [InlineData("recovery-code-used")]
    public async Task Each_mail_is_there_in_english_and_vietnamese(string template)
    {
        var (english, vietnamese) = (await SubjectAsync(template, "en"), await SubjectAsync(template, "vi-VN"));
        Assert.NotEqual(english, vietnamese);
        Assert.Equal(english, await SubjectAsync(template, "fr"));
    }

    [Theory]
    [InlineData("phone-auth")]
    [InlineData("add-phone")]
    [InlineData("verify-phone")]
    public async Task Each_short_message_is_there_in_english_and_vietnamese(string template)
    {
        await using var world = await ShowingAsync();
        await world.QueueAsync(Post.Sms() with { Template = template }, Post.Sms(locale: "vi") with { Template = template });
        await world.SendTextsAsync();
        var texts = world.Get<DevelopmentOutbox>().Newest().Select(shown => shown.Text).ToList();
        Assert.Equal(2, texts.Distinct(StringComparer.Ordinal).Count());
        Assert.All(texts, text => Assert.StartsWith(Post.Code + " ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_built_in_text_is_one_that_an_administrator_could_have_set()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        foreach (var shown in await world.Get<ListConfigurations>().RunAsync(null, World.Ct)) await world.SetAsync(shown.Group, shown.Code, shown.Value);
    }

    [Fact]
    public async Task An_administrators_text_is_used_from_then_on_also_in_a_language_of_his_own()
    {
        await using var world = await ShowingAsync();
        await world.SetAsync("MAIL", "verify-email-en", """{"subject":"Our {{code}}","text":"{{#link}}at {{link}}{{/link}}{{#name}}for {{name}}{{/name}}"}""");
        await world.SetAsync("MAIL", "verify-email-fr", """{"subject":"Le code","text":"{{code}}"}""");
        await world.QueueAsync(Post.Mail());
        await world.SendMailsAsync();
        await world.QueueAsync(Post.Mail(locale: "fr-CA"));
        await world.SendMailsAsync();

        var shown = world.Get<DevelopmentOutbox>().Newest();
        Assert.Equal(("Le code", Post.Code), (shown[0].Subject, shown[0].Text));
        Assert.Equal(($"Our {Post.Code}", "for Ada"), (shown[1].Subject, shown[1].Text));
        Assert.Null(shown[1].Html);
    }

    [Fact]
    public async Task What_a_person_is_called_is_no_markup_and_no_second_line()
    {
        await using var world = await ShowingAsync();
        await world.SetAsync("MAIL", "welcome-en", """{"subject":"Hello {{name}}","text":"Hello {{name}}","html":"<b>{{name}}</b>"}""");
        await world.QueueAsync(Post.Mail() with { Template = "welcome", Values = Post.Values("<i>Eve</i>\r\nBcc: ada {{code}}") });
        await world.SendMailsAsync();

        var shown = Assert.Single(world.Get<DevelopmentOutbox>().Newest());
        Assert.Equal("Hello <i>Eve</i>  Bcc: ada {{code}}", shown.Subject);
        Assert.Equal("Hello <i>Eve</i>  Bcc: ada {{code}}", shown.Text);
        Assert.Equal("<b>&lt;i&gt;Eve&lt;/i&gt;  Bcc: ada {{code}}</b>", shown.Html);
    }

    [Fact]
    public async Task A_text_that_an_operator_broke_by_hand_is_passed_over()
    {
        await using var world = await ShowingAsync();
        await world.SetAsync("MAIL", "welcome-en", """{"subject":"Mine","text":"Mine"}""");
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"""update configurations set value = '"broken"'""", World.Ct);
            await tx.CommitAsync();
        }

        world.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.QueueAsync(Post.Mail() with { Template = "welcome" });
        await world.SendMailsAsync();
        Assert.Equal("Welcome", Assert.Single(world.Get<DevelopmentOutbox>().Newest()).Subject);
    }

    [Fact]
    public async Task Outside_development_nothing_is_shown()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await world.QueueAsync(Post.Mail(), Post.Sms());
        await world.SendMailsAsync();
        await world.SendTextsAsync();
        Assert.Empty(world.Get<DevelopmentOutbox>().Newest());
        Assert.Equal(2, await world.WaitingAsync()); // to be tried again
    }

    private static async Task<World> ShowingAsync()
    {
        var world = await World.OnAsync(EngineKind.Sqlite);
        world.Get<MessageOptions>().ShowUnsent = true;
        return world;
    }

    private static async Task<string> SubjectAsync(string template, string locale)
    {
        await using var world = await ShowingAsync();
        await world.QueueAsync(Post.Mail(locale: locale) with { Template = template });
        await world.SendMailsAsync();
        var shown = Assert.Single(world.Get<DevelopmentOutbox>().Newest());
        Assert.DoesNotContain("{{", shown.Subject + shown.Text + shown.Html, StringComparison.Ordinal);
        Assert.Equal(template is "verify-email" or "forgot-password", shown.Text.Contains(Post.Code, StringComparison.Ordinal));
        return shown.Subject!;
    }
}
