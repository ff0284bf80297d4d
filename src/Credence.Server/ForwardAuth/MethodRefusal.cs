namespace Credence.Server.ForwardAuth;

/// <summary>405, with the methods that there are (RFC 9110 15.5.6).</summary>
internal static class MethodRefusal
{
    /// <summary>GET, and HEAD with it.</summary>
    public static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>A path that is read.</summary>
    public static IResult Read(HttpContext context) => Refuse(context, "GET, HEAD");

    /// <summary>A path that is posted to.</summary>
    public static IResult Post(HttpContext context) => Refuse(context, "POST");

    private static ForwardAuthRefusal Refuse(HttpContext context, string methods)
    {
        context.Response.Headers.Allow = methods;
        return new ForwardAuthRefusal(StatusCodes.Status405MethodNotAllowed, "method not allowed");
    }
}
