using System.Text.Json;
using System.Text.Json.Serialization;

namespace Credence.Messages;

/// <summary>A short message before anything is filled in.</summary>
internal sealed record SmsTemplate(string Text);

/// <summary>
/// The short messages as they are where no administrator wrote others. The Vietnamese ones are without accents, as short messages there are: with them, one
/// message takes the room of two.
/// </summary>
internal static class BuiltInSms
{
    private static readonly (string Code, string Text)[] Texts =
    [
        ("phone-auth-en", "{{code}} signs you in. It works for {{minutes}} minutes. Tell it to nobody."),
        ("phone-auth-vi", "{{code}} la ma dang nhap cua ban, hieu luc {{minutes}} phut. Khong chia se ma nay."),
        ("verify-phone-en", "{{code}} confirms your number. It works for {{minutes}} minutes. Tell it to nobody."),
        ("verify-phone-vi", "{{code}} la ma xac nhan so dien thoai, hieu luc {{minutes}} phut. Khong chia se ma nay."),
        ("add-phone-en", "{{code}} adds this number to your account. It works for {{minutes}} minutes. Tell it to nobody."),
        ("add-phone-vi", "{{code}} la ma them so dien thoai vao tai khoan, hieu luc {{minutes}} phut. Khong chia se ma nay."),
        ("forgot-password-en", "{{code}} lets you set a new password. It works for {{minutes}} minutes. Tell it to nobody."),
        ("forgot-password-vi", "{{code}} la ma dat lai mat khau, hieu luc {{minutes}} phut. Khong chia se ma nay."),
        ("password-changed-en", "The password of your account was changed. If it was not you, set a new one at once."),
        ("password-changed-vi", "Mat khau tai khoan cua ban vua thay doi. Neu khong phai ban, hay dat lai ngay."),
        ("identifier-added-en", "An address or number was added to your account. If it was not you, set a new password at once."),
        ("identifier-added-vi", "Mot dia chi hoac so dien thoai vua duoc them vao tai khoan. Neu khong phai ban, hay dat lai mat khau."),
        ("identifier-removed-en", "An address or number was removed from your account. If it was not you, set a new password at once."),
        ("identifier-removed-vi", "Mot dia chi hoac so dien thoai vua bi xoa khoi tai khoan. Neu khong phai ban, hay dat lai mat khau."),
        ("second-factor-added-en", "Signing in to your account takes a second step now. If it was not you, set a new password at once."),
        ("second-factor-added-vi", "Dang nhap vao tai khoan cua ban nay can them mot buoc. Neu khong phai ban, hay dat lai mat khau ngay."),
        ("second-factor-removed-en", "A second step of signing in was turned off. If it was not you, set a new password at once."),
        ("second-factor-removed-vi", "Mot buoc dang nhap thu hai vua bi tat. Neu khong phai ban, hay dat lai mat khau ngay."),
        ("second-factor-refused-en", "Somebody used your password and failed at the second step. If it was not you, set a new password."),
        ("second-factor-refused-vi", "Co nguoi dung mat khau cua ban va sai buoc thu hai. Neu khong phai ban, hay dat lai mat khau."),
        ("recovery-codes-made-en", "New recovery codes were made for your account. If it was not you, set a new password at once."),
        ("recovery-codes-made-vi", "Ma khoi phuc moi vua duoc tao cho tai khoan cua ban. Neu khong phai ban, hay dat lai mat khau ngay."),
        ("recovery-code-used-en", "A recovery code signed somebody in to your account. If it was not you, set a new password at once."),
        ("recovery-code-used-vi", "Co nguoi vua dang nhap bang ma khoi phuc. Neu khong phai ban, hay dat lai mat khau ngay."),
        ("sign-up-attempt-en", "Somebody tried to make an account with this number. It has one already, so none was made."),
        ("sign-up-attempt-vi", "Co nguoi thu tao tai khoan bang so nay. So da co tai khoan nen khong co tai khoan moi."),
    ];

    /// <summary>Their names without a language.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Texts.Select(one => one.Code[..^3]).Distinct()];

    /// <summary>The same as JSON, as a configuration has it.</summary>
    public static IReadOnlyDictionary<string, string> Values { get; } =
        Texts.ToDictionary(one => one.Code, one => JsonSerializer.Serialize(new SmsTemplate(one.Text), TemplateJson.Default.SmsTemplate), StringComparer.Ordinal);
}

/// <summary>Templates as configurations have them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MailTemplate))]
[JsonSerializable(typeof(SmsTemplate))]
internal sealed partial class TemplateJson : JsonSerializerContext;
