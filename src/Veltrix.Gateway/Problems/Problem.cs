using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Veltrix.Gateway.Problems;

/// <summary>A refusal as <c>application/problem+json</c>: a stable code, the trace id, and a sentence that says how to mend it.</summary>
/// <param name="kind">what is wrong</param>
/// <param name="detail">what is wrong with this request, and how to mend it</param>
/// <param name="retryAfter">when it is worth to try again, in seconds; 0: trying again does not help</param>
internal sealed class Problem(ProblemKind kind, string detail, int retryAfter = 0) : IResult
{
    public ProblemKind Kind => kind;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = kind.Status;
        if (retryAfter > 0)
        {
            response.Headers.RetryAfter = retryAfter.ToString();
        }

        if (kind.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        response.Headers[HeaderNames.CacheControl] = "no-store";
        var body = new ProblemBody("about:blank", kind.Title, kind.Status, detail, kind.Code, Activity.Current?.Id ?? httpContext.TraceIdentifier);
        return response.WriteAsJsonAsync(body, options: null, "application/problem+json", httpContext.RequestAborted);
    }
}

/// <summary>What a refused request is answered.</summary>
/// <param name="Type">always about:blank: the code tells</param>
/// <param name="Title">the kind of problem in a few words</param>
/// <param name="Status">the HTTP status</param>
/// <param name="Detail">what is wrong, and how to mend it</param>
/// <param name="Code">the stable code to decide by</param>
/// <param name="TraceId">finds the request in logs and traces</param>
internal sealed record ProblemBody(string Type, string Title, int Status, string Detail, string Code, string TraceId);
