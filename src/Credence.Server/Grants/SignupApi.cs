using System.Text.Json.Serialization;
using Credence.Organizations;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/signup</c>: an organization begins, and proves its e-mail address.</summary>
internal static class SignupApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/signup", Create).NeedsNoKey().LimitAddress(30);
        routes.MapPost("/v1/signup/verify", SendVerification);
        routes.MapMethods("/v1/signup/verify/{token}", RouteFacts.Read, Verify).NeedsNoKey();
    }

    private static async Task<IResult> Create(GrantsCall call, SignUp signUp, CancellationToken ct)
    {
        var input = new SignUp.Input(
            call.Body.Name("name", 200),
            call.Body.TextOrNull("email", EmailLength),
            call.Body.WordOrNull<OrganizationMode>("mode") ?? OrganizationMode.Live);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await signUp.RunAsync(input, ct)).Created(SignedUp.Of, GrantsJson.Wire.SignedUp);
    }

    private static async Task<IResult> SendVerification(GrantsCall call, SendEmailVerification send, GrantsOptions options, CancellationToken ct)
    {
        var email = call.Body.Text("email", EmailLength);
        if (call.Body.Problem is { } problem) return problem.Answer();
        var expires = await send.RunAsync(call.Caller, email, secret => $"{options.PublicBaseUrl}/v1/signup/verify/{secret}", ct);
        return expires.Created(at => new VerificationSent("A link to confirm this address is on its way", at.Iso()), GrantsJson.Wire.VerificationSent);
    }

    private static async Task<IResult> Verify(string token, VerifyEmail verify, CancellationToken ct) =>
        (await verify.RunAsync(token, ct)).Ok(
            proven => new EmailVerified(proven.Email is null ? "This address was confirmed before" : "The address is confirmed", proven.Email),
            GrantsJson.Wire.EmailVerified);

    /// <summary>Room for an address of 254 characters with white space around it.</summary>
    private const int EmailLength = 320;

    /// <summary>A new organization, and its key for the only time.</summary>
    internal sealed record SignedUp(string DeveloperId, string ApiKey, string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Email, string Mode, string CreatedAt)
    {
        public static SignedUp Of(SignUp.Output output) => new(
            output.Organization.Id.ToString(),
            output.ApiKey.Plaintext,
            output.Organization.Name,
            output.Organization.Email,
            Words.Of(output.Organization.Mode),
            output.Organization.CreatedAt.Iso());
    }

    /// <summary>A link was made.</summary>
    internal sealed record VerificationSent(string Message, string ExpiresAt);

    /// <summary>The link was opened; the address shows the first time.</summary>
    internal sealed record EmailVerified(string Message, string? Email);
}
