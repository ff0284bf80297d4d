using Credence.Server.Doors;
using Credence.Server.Hosting;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;
using Credence.Telemetry;
using Credence.Tokens;

namespace Credence.Server.ForwardAuth;

/// <summary><c>/auth/register</c> and <c>/auth/login</c> (contract forward-auth FA-1, FA-2).</summary>
internal static class AccountsApi
{
    private static readonly ForwardAuthRefusal NoDatabase = new(StatusCodes.Status503ServiceUnavailable, "database not configured");
    private static readonly ForwardAuthRefusal WrongCredentials = new(StatusCodes.Status401Unauthorized, "invalid email or password");

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/auth/register", RegisterAsync).WithMetadata(new IsGuarded());
        routes.MapPost("/auth/login", LogInAsync).WithMetadata(new IsGuarded());
        routes.Map("/auth/register", MethodRefusal.Post);
        routes.Map("/auth/login", MethodRefusal.Post);
    }

    private static async Task<IResult> RegisterAsync(
        HttpContext context, RegisterPerson register, SignInOptions options, TokenOptions tokens, Metrics metrics, ILogger<RegisterPerson> log, CancellationToken ct)
    {
        if (tokens.IsLegacy) return Told("error", NoDatabase); // before the body is looked at
        try
        {
            var (typed, problem) = await Credentials.ReadAsync(context.Request, ct);
            if (typed is null) return Told("invalid", problem!);
            var begun = await register.RunAsync(new RegisterPerson.Input(typed.Email, typed.Password, CallOrigin.Of(context)), ct);
            if (!begun.Succeeded) return Told(ResultOf(begun.Failure), ForwardAuthRefusal.Of(begun.Failure));
            var status = options.HidesDuplicates ? StatusCodes.Status202Accepted : StatusCodes.Status201Created;
            return Told(begun.Value.IsNew ? "created" : "conflict", JsonAnswer.Of(status, Registered.Of(begun.Value), ForwardAuthJson.Wire.Registered));
        }
        catch (Exception error) when (IsOurs(error, ct))
        {
            ForwardAuthLog.RegisterFailed(log, error.Message);
            return Told("error", ForwardAuthRefusal.Internal);
        }

        IResult Told(string result, IResult answer)
        {
            metrics.ForwardRegistered(result);
            return answer;
        }
    }

    private static async Task<IResult> LogInAsync(
        HttpContext context, LogIn logIn, IssueForwardToken issue, TokenOptions tokens, TimeProvider clock, Metrics metrics, ILogger<LogIn> log, CancellationToken ct)
    {
        try
        {
            var (typed, problem) = await Credentials.ReadAsync(context.Request, ct);
            if (typed is null) return Told("invalid", problem!);
            if (tokens.IsLegacy)
            {
                HostLog.LegacyMode(log);
                return Told("legacy", Token(issue.Run(typed.Email, IssueForwardToken.UsualRole, clock.Now())));
            }

            var network = ClientAddress.Of(context.Connection.RemoteIpAddress);
            var loggedIn = await logIn.RunAsync(new LogIn.Input(typed.Email, typed.Password, CallOrigin.Of(context), network), ct);
            if (loggedIn.Succeeded) return Told("ok", Token(loggedIn.Value));
            return Told(ResultOf(loggedIn.Failure), loggedIn.Failure.Kind == FailureKind.Unauthorized ? WrongCredentials : ForwardAuthRefusal.Of(loggedIn.Failure));
        }
        catch (Exception error) when (IsOurs(error, ct))
        {
            ForwardAuthLog.LoginFailed(log, error.Message);
            return Told("error", ForwardAuthRefusal.Internal);
        }

        IResult Told(string result, IResult answer)
        {
            metrics.ForwardLoggedIn(result);
            return answer;
        }
    }

    private static JsonAnswer Token(string jwt) => JsonAnswer.Of(StatusCodes.Status200OK, new LoggedIn(jwt), ForwardAuthJson.Wire.LoggedIn);

    /// <summary>Whatever stops these two routes is a 500 with one line in the log (A 9, A 11, A 36; design D11), unless the caller left or sent what cannot be read.</summary>
    private static bool IsOurs(Exception error, CancellationToken ct) => !ct.IsCancellationRequested && error is not BadHttpRequestException;

    private static string ResultOf(Failure failure) => failure.Kind switch
    {
        FailureKind.Conflict => "conflict",
        FailureKind.Unauthorized => "bad_credentials",
        FailureKind.TooMany or FailureKind.Unavailable => "limited",
        _ => "invalid",
    };

    /// <summary>What register answers.</summary>
    internal sealed record Registered(string Id, string Email, string Role)
    {
        public static Registered Of(RegisterPerson.Output begun) => new(begun.Person.ToString(), begun.Email, begun.Role);
    }

    /// <summary>What login answers.</summary>
    internal sealed record LoggedIn(string Token);
}
