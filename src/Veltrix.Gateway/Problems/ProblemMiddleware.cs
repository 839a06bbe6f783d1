using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Veltrix.World.Maps;

namespace Veltrix.Gateway.Problems;

/// <summary>The one boundary at which a request's exception is logged and answered, and at which refusals of the framework get their body.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null } response)
            {
                await new Problem(ProblemKind.OfStatus(response.StatusCode), SentenceOf(response.StatusCode, context.Request)).ExecuteAsync(context);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            await Answer(context, fault).ExecuteAsync(context);
        }
    }

    private Problem Answer(HttpContext context, Exception fault)
    {
        switch (fault)
        {
            case BadHttpRequestException bad:
                return new Problem(ProblemKind.OfStatus(bad.StatusCode), Sentence(bad));
            case MapException map:
                return new Problem(ProblemKind.BadMap, map.Message);
            case OrleansException or TimeoutException:
                LogUnavailable(fault, context.Request.Method, context.Request.Path);
                return new Problem(ProblemKind.Unavailable, "The cluster does not answer in time. Try again in a few seconds.", retryAfter: 2);
            default:
                LogBroken(fault, context.Request.Method, context.Request.Path);
                return new Problem(ProblemKind.Internal, "The gateway failed at this request. Try again, and report the trace id if it stays so.");
        }
    }

    private static string Sentence(BadHttpRequestException bad) => bad.StatusCode switch
    {
        413 => "The body is larger than this address takes. Send less.",
        415 => "Send application/json, or what the OpenAPI page names for this address.",
        _ when bad.InnerException is System.Text.Json.JsonException json =>
            $"The body is not the JSON that is expected here (at {json.Path ?? "$"}, line {json.LineNumber + 1}). Compare it with /openapi/v1.json.",
        _ => $"{bad.Message.TrimEnd('.')}. Compare the request with /openapi/v1.json.",
    };

    private static string SentenceOf(int status, HttpRequest request) => status switch
    {
        404 => $"There is nothing at {request.Path}. The addresses are listed in /openapi/v1.json.",
        405 => $"{request.Path} does not take {request.Method}. The methods are listed in /openapi/v1.json.",
        415 => "Send application/json, or what the OpenAPI page names for this address.",
        _ => "The request was refused. Compare it with /openapi/v1.json.",
    };

    [LoggerMessage(4001, LogLevel.Warning, "{Method} {Path}: the cluster does not answer")]
    private partial void LogUnavailable(Exception fault, string method, PathString path);

    [LoggerMessage(4002, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogBroken(Exception fault, string method, PathString path);
}
