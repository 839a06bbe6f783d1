using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Pages;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.SignIn;

/// <summary>The page where an operator pastes a key, and the form behind it. It needs no script.</summary>
internal static class SignInEndpoints
{
    public const string Address = "/sign-in";
    private const long LongestForm = 4096;
    private const string Door =
        """
        <form method="post" action="/sign-in">
          <label for="key">Operator key</label>
          <input id="key" name="key" type="password" autocomplete="current-password" placeholder="vop_…" required autofocus>
          <button>Sign in</button>
        </form>
        <p class="quiet">A key of the role viewer is enough to look. For twelve hours this browser may read what the key may read.</p>
        """;

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, ShowAsync).For(Access.Open).ExcludeFromDescription();
        routes.MapPost(Address, SignInAsync).For(Access.Open).ExcludeFromDescription();
        routes.MapPost("/sign-out", SignOut).For(Access.Open).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext context, OperatorGate gate) =>
        (await gate.FindAsync(context)).Operator is { } caller
            ? Page(context, StatusCodes.Status200OK, Inside(caller))
            : Page(context, StatusCodes.Status200OK, Door);

    private static async Task<IResult> SignInAsync(HttpContext context, OperatorGate gate, SignIns signIns)
    {
        if (!SignIns.IsOwnPage(context.Request))
        {
            return Foreign();
        }

        if (!context.Request.HasFormContentType || context.Request.ContentLength is not (>= 0 and <= LongestForm))
        {
            return new Problem(ProblemKind.WrongType, "Send the form of /sign-in. Programs need no sign-in: they send Authorization: Bearer with each request.");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var found = await gate.CheckAsync(context, form["key"].ToString().Trim(), keysOnly: true);
        if (found.Operator is not { } caller)
        {
            return Page(context, found.Refusal.Kind.Status, Says(found) + Door);
        }

        signIns.Begin(context, caller);
        return SeeOther(context, "/dashboard/");
    }

    private static IResult SignOut(HttpContext context)
    {
        if (!SignIns.IsOwnPage(context.Request))
        {
            return Foreign();
        }

        SignIns.End(context);
        return SeeOther(context, Address);
    }

    private static string Inside(OperatorIdentity caller) =>
        $"""
        <p>Signed in with <b>{HtmlEncoder.Default.Encode(caller.Name)}</b>, role {Roles.NameOf(caller.Role)}.</p>
        <p><a href="/dashboard/">Dashboard</a> · <a href="/">Live page</a></p>
        <form method="post" action="/sign-out"><button>Sign out</button></form>
        """;

    private static string Says(OperatorFinding found) => $"""<p class="no" role="alert">{found.Refusal.Kind.Status switch
    {
        StatusCodes.Status401Unauthorized => "This key is unknown, revoked or expired.",
        StatusCodes.Status429TooManyRequests => "Too many wrong keys came from this address. Try again in a minute.",
        _ => "The cluster does not answer, so the key cannot be checked. Try again in a few seconds.",
    }}</p>""";

    private static Problem Foreign() => new(ProblemKind.ForeignPage, "Another site's page sent this. Open /sign-in of this gateway itself.");

    private static IResult Page(HttpContext context, int status, string content)
    {
        PageHeaders.Set(context.Response.Headers, PageHeaders.FormPolicy, referrer: "same-origin");
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(Template.Replace("<!-- content -->", content, StringComparison.Ordinal), "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    private static string Template => field ??= Encoding.UTF8.GetString(PageEndpoints.Read("sign-in.html"));

    // The browser asks for the next page with GET, whatever it sent here.
    private static IResult SeeOther(HttpContext context, string address)
    {
        context.Response.Headers.Location = address;
        context.Response.Headers.CacheControl = "no-store";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
