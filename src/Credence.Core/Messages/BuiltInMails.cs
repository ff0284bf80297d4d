using System.Net;
using System.Text.Json;

namespace Credence.Messages;

/// <summary>A mail before anything is filled in.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Text">The text for everybody.</param>
/// <param name="Html">The same as HTML; null for none.</param>
internal sealed record MailTemplate(string Subject, string Text, string? Html);

/// <summary>The mails as they are where no administrator wrote others, in English and Vietnamese.</summary>
internal static class BuiltInMails
{
    private const string Code = "{{code}}";
    private const string Greeting = "Hello{{#name}} {{name}}{{/name}},";
    private const string Chao = "Xin chào{{#name}} {{name}}{{/name}},";
    private const string Term = "It works for {{minutes}} minutes. Tell it to nobody.";
    private const string Han = "Mã có hiệu lực trong {{minutes}} phút. Không chia sẻ mã này với bất kỳ ai.";
    private const string Link = "{{#link}}Or open this link: {{link}}{{/link}}";
    private const string Lien = "{{#link}}Hoặc mở liên kết này: {{link}}{{/link}}";
    private const string NotMe = "If you did not ask for it, ignore this mail: nothing happens.";
    private const string KhongPhai = "Nếu bạn không yêu cầu, hãy bỏ qua thư này: sẽ không có gì thay đổi.";

    private static readonly (string Code, MailTemplate Mail)[] Mails =
    [
        ("welcome-en", Of("Welcome", Greeting, "Your account is ready.")),
        ("welcome-vi", Of("Chào mừng bạn", Chao, "Tài khoản của bạn đã sẵn sàng.")),
        ("verify-email-en", Of("Confirm your e-mail address", Greeting, "This code confirms your e-mail address:", Code, Term, Link, NotMe)),
        ("verify-email-vi", Of("Xác nhận địa chỉ email", Chao, "Mã này xác nhận địa chỉ email của bạn:", Code, Han, Lien, KhongPhai)),
        ("add-email-en", Of("Add this e-mail address", Greeting, "This code adds the e-mail address to your account:", Code, Term, NotMe)),
        ("add-email-vi", Of("Thêm địa chỉ email", Chao, "Mã này thêm địa chỉ email vào tài khoản của bạn:", Code, Han, KhongPhai)),
        ("forgot-password-en", Of("Set a new password", Greeting, "This code lets you set a new password:", Code, Term, NotMe)),
        ("forgot-password-vi", Of("Đặt lại mật khẩu", Chao, "Mã này cho phép bạn đặt mật khẩu mới:", Code, Han, KhongPhai)),
        ("password-changed-en", Of(
            "Your password was changed", Greeting, "The password of your account was changed just now.",
            "If it was not you, set a new password at once: whoever changed it can sign in.")),
        ("password-changed-vi", Of(
            "Mật khẩu của bạn đã thay đổi", Chao, "Mật khẩu tài khoản của bạn vừa được thay đổi.",
            "Nếu không phải bạn, hãy đặt lại mật khẩu ngay: người đã đổi có thể đăng nhập.")),
        ("identifier-added-en", Of(
            "Your account has another way to sign in", Greeting, "An e-mail address or a phone number was added to your account just now.",
            "If it was not you, sign in, remove it, and set a new password: whoever added it can sign in with it.")),
        ("identifier-added-vi", Of(
            "Tài khoản của bạn có thêm cách đăng nhập", Chao, "Một địa chỉ email hoặc số điện thoại vừa được thêm vào tài khoản của bạn.",
            "Nếu không phải bạn, hãy đăng nhập, xóa nó và đặt lại mật khẩu: người đã thêm có thể đăng nhập.")),
        ("identifier-removed-en", Of(
            "A way to sign in was removed from your account", Greeting, "An e-mail address or a phone number was removed from your account just now.",
            "If it was not you, set a new password at once: whoever removed it can sign in.")),
        ("identifier-removed-vi", Of(
            "Một cách đăng nhập đã bị xóa", Chao, "Một địa chỉ email hoặc số điện thoại vừa bị xóa khỏi tài khoản của bạn.",
            "Nếu không phải bạn, hãy đặt lại mật khẩu ngay: người đã xóa có thể đăng nhập.")),
        ("passkey-added-en", Of(
            "A passkey was added to your account", Greeting, "A passkey was added to your account just now.",
            "If it was not you, sign in, remove it, and set a new password: whoever added it can sign in with it.")),
        ("passkey-added-vi", Of(
            "Tài khoản của bạn có thêm khóa truy cập", Chao, "Một khóa truy cập vừa được thêm vào tài khoản của bạn.",
            "Nếu không phải bạn, hãy đăng nhập, xóa khóa đó và đặt lại mật khẩu: người đã thêm có thể đăng nhập bằng khóa đó.")),
        ("passkey-removed-en", Of(
            "A passkey was removed from your account", Greeting, "A passkey was removed from your account just now.",
            "If it was not you, set a new password at once: whoever removed it can sign in.")),
        ("passkey-removed-vi", Of(
            "Một khóa truy cập đã bị xóa", Chao, "Một khóa truy cập vừa bị xóa khỏi tài khoản của bạn.",
            "Nếu không phải bạn, hãy đặt lại mật khẩu ngay: người đã xóa có thể đăng nhập.")),
        ("second-factor-added-en", Of(
            "Signing in takes a second step now", Greeting, "From now on signing in to your account takes a second step: a code of your app, or a passkey.",
            "If it was not you, set a new password at once and ask whoever runs this service to turn it off: whoever did this may have your password.")),
        ("second-factor-added-vi", Of(
            "Đăng nhập nay cần thêm một bước", Chao, "Từ bây giờ, đăng nhập vào tài khoản của bạn cần thêm một bước: mã từ ứng dụng hoặc khóa truy cập.",
            "Nếu không phải bạn, hãy đặt lại mật khẩu ngay và nhờ đơn vị vận hành dịch vụ tắt bước này: người làm việc đó có thể biết mật khẩu của bạn.")),
        ("second-factor-removed-en", Of(
            "A second step was turned off", Greeting, "A second step of signing in to your account was turned off just now.",
            "If it was not you, set a new password at once, and turn it on again.")),
        ("second-factor-removed-vi", Of(
            "Một bước đăng nhập đã bị tắt", Chao, "Một bước đăng nhập thứ hai của tài khoản vừa bị tắt.",
            "Nếu không phải bạn, hãy đặt lại mật khẩu ngay và bật lại bước đó.")),
        ("second-factor-refused-en", Of(
            "Somebody has your password", Greeting, "Somebody signed in with your password just now, and then failed at the second step five times. They did not get in.",
            "If it was not you, set a new password: whoever it was knows this one.")),
        ("second-factor-refused-vi", Of(
            "Có người biết mật khẩu của bạn", Chao, "Có người vừa đăng nhập bằng mật khẩu của bạn và sai bước thứ hai năm lần. Họ chưa vào được.",
            "Nếu không phải bạn, hãy đặt lại mật khẩu: người đó biết mật khẩu này.")),
        ("recovery-codes-made-en", Of(
            "You have new recovery codes", Greeting, "New recovery codes were made for your account just now. Those from before work no more.",
            "If it was not you, set a new password at once, and make other codes.")),
        ("recovery-codes-made-vi", Of(
            "Bạn có mã khôi phục mới", Chao, "Mã khôi phục mới vừa được tạo cho tài khoản của bạn. Các mã cũ không còn dùng được.",
            "Nếu không phải bạn, hãy đặt lại mật khẩu ngay và tạo mã khác.")),
        ("recovery-code-used-en", Of(
            "A recovery code was used", Greeting, "Somebody signed in to your account with a recovery code just now. That code works no more.",
            "If it was not you, set a new password at once, and make other codes: somebody has both your password and your codes.")),
        ("recovery-code-used-vi", Of(
            "Một mã khôi phục đã được dùng", Chao, "Có người vừa đăng nhập vào tài khoản của bạn bằng mã khôi phục. Mã đó không còn dùng được.",
            "Nếu không phải bạn, hãy đặt lại mật khẩu ngay và tạo mã khác: có người biết cả mật khẩu và mã của bạn.")),
        ("sign-up-attempt-en", Of(
            "Somebody tried to sign up with your address", Greeting, "Somebody tried to make an account with this address. It has one already, so none was made.",
            "If it was you, sign in, or set a new password. If not, there is nothing to do.")),
        ("sign-up-attempt-vi", Of(
            "Có người thử đăng ký bằng địa chỉ của bạn", Chao, "Có người vừa thử tạo tài khoản bằng địa chỉ này. Địa chỉ đã có tài khoản nên không có tài khoản mới.",
            "Nếu là bạn, hãy đăng nhập hoặc đặt lại mật khẩu. Nếu không, bạn không cần làm gì.")),
    ];

    /// <summary>Their names without a language.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Mails.Select(one => one.Code[..^3]).Distinct()];

    /// <summary>The same as JSON, as a configuration has it.</summary>
    public static IReadOnlyDictionary<string, string> Values { get; } =
        Mails.ToDictionary(one => one.Code, one => JsonSerializer.Serialize(one.Mail, TemplateJson.Default.MailTemplate), StringComparer.Ordinal);

    private static MailTemplate Of(string subject, params string[] paragraphs) =>
        new(subject, string.Join("\n\n", paragraphs), $"<!doctype html><html><body style=\"font-family:sans-serif\">{string.Concat(paragraphs.Select(Html))}</body></html>");

    private static string Html(string paragraph) => paragraph == Code
        ? $"<p style=\"font-size:24px;letter-spacing:4px\"><strong>{Code}</strong></p>"
        : $"<p>{WebUtility.HtmlEncode(paragraph)}</p>".Replace("{{link}}", "<a href=\"{{link}}\">{{link}}</a>", StringComparison.Ordinal);
}
