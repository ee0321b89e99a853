/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One interface for what differs between the kernels the modules are built for.
 * driver/Kbuild looks at the kernel's headers and defines PAM_HAVE_*; nothing else
 * in driver/ asks which kernel it is.
 */
#ifndef PAM_COMPAT_H
#define PAM_COMPAT_H

#include <linux/zsmalloc.h>

/* As zs_malloc() of any node: a handle, or an error pointer as a number. */
static inline unsigned long pam_zs_malloc(struct zs_pool *pool, size_t size, gfp_t gfp)
{
#ifdef PAM_HAVE_ZS_NID
	return zs_malloc(pool, size, gfp, NUMA_NO_NODE);
#else
	return zs_malloc(pool, size, gfp);
#endif
}

/* Fills an object that was just made. */
static inline void pam_zs_write(struct zs_pool *pool, unsigned long handle, void *data,
				size_t size)
{
#ifdef PAM_HAVE_ZS_OBJ
	zs_obj_write(pool, handle, data, size);
#else
	memcpy(zs_map_object(pool, handle, ZS_MM_WO), data, size);
	zs_unmap_object(pool, handle);
#endif
}

/*
 * The object's bytes in one piece: in place, or in copy (at least size bytes) when
 * it lies across pages. No sleep and no second object until pam_zs_read_end().
 */
static inline void *pam_zs_read_begin(struct zs_pool *pool, unsigned long handle, size_t size,
				      void *copy)
{
#if defined(PAM_HAVE_ZS_OBJ_LEN)
	return zs_obj_read_begin(pool, handle, size, copy);
#elif defined(PAM_HAVE_ZS_OBJ)
	return zs_obj_read_begin(pool, handle, copy);
#else
	return zs_map_object(pool, handle, ZS_MM_RO);
#endif
}

static inline void pam_zs_read_end(struct zs_pool *pool, unsigned long handle, size_t size,
				   void *data)
{
#if defined(PAM_HAVE_ZS_OBJ_LEN)
	zs_obj_read_end(pool, handle, size, data);
#elif defined(PAM_HAVE_ZS_OBJ)
	zs_obj_read_end(pool, handle, data);
#else
	zs_unmap_object(pool, handle);
#endif
}

#endif /* PAM_COMPAT_H */
