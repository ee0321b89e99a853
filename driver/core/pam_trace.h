/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints pam:pam_submit and pam:pam_done: every operation as it leaves the
 * frontend and as its result comes back.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pam

#if !defined(PAM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PAM_TRACE_H

#include <linux/tracepoint.h>

#include "core.h"

#define pam_show_op(op)					\
	__print_symbolic(op,				\
			 { PAM_PUT, "put" },		\
			 { PAM_GET, "get" },		\
			 { PAM_FLUSH_PAGE, "flush" },	\
			 { PAM_FLUSH_OBJECT, "flush_object" })

TRACE_EVENT(pam_submit,
	    TP_PROTO(const struct pam_request *request),
	    TP_ARGS(request),
	    TP_STRUCT__entry(__field(const void *, request)
			     __array(char, pool, PAM_NAME_LEN)
			     __field(int, op)
			     __field(unsigned int, flags)
			     __array(u64, object, 3)
			     __field(u64, index)),
	    TP_fast_assign(__entry->request = request;
			   memcpy(__entry->pool, request->pool->params.name, PAM_NAME_LEN);
			   __entry->op = request->op;
			   __entry->flags = request->flags;
			   memcpy(__entry->object, request->handle.object, sizeof(__entry->object));
			   __entry->index = request->handle.index;),
	    TP_printk("request=%p pool=%s op=%s flags=%#x object=%llx:%llx:%llx index=%llx",
		      __entry->request, __entry->pool, pam_show_op(__entry->op), __entry->flags,
		      __entry->object[0], __entry->object[1], __entry->object[2],
		      __entry->index)
);

TRACE_EVENT(pam_done,
	    TP_PROTO(const struct pam_request *request, int status, u64 ns),
	    TP_ARGS(request, status, ns),
	    TP_STRUCT__entry(__field(const void *, request)
			     __array(char, pool, PAM_NAME_LEN)
			     __field(int, op)
			     __field(int, status)
			     __field(u64, ns)),
	    TP_fast_assign(__entry->request = request;
			   memcpy(__entry->pool, request->pool->params.name, PAM_NAME_LEN);
			   __entry->op = request->op;
			   __entry->status = status;
			   __entry->ns = ns;),
	    TP_printk("request=%p pool=%s op=%s status=%d ns=%llu",
		      __entry->request, __entry->pool, pam_show_op(__entry->op), __entry->status,
		      __entry->ns)
);

#endif /* PAM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE pam_trace
#include <trace/define_trace.h>
